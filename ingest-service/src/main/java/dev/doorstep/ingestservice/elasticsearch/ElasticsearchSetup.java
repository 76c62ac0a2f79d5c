package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import javax.net.ssl.SSLContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The source and its health, where an index is named. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("doorstep.ingest.elasticsearch.index")
class ElasticsearchSetup {
    @Bean
    SourceStatus elasticsearchHealthIndicator(MeterRegistry metrics, Clock clock) {
        return new SourceStatus(ElasticsearchSource.NAME, metrics, clock);
    }

    @Bean
    ElasticsearchSource elasticsearchSource(ElasticsearchSettings settings, IngestSettings ingest, DynamoDbClient client,
            StoreSettings store, PatientIntake intake, ObjectProvider<DocumentSink> sink, SourceStatus elasticsearchHealthIndicator,
            SslBundles bundles, Clock clock) {
        String bundle = settings.sslBundle();
        SSLContext ssl = bundle == null ? null : bundles.getBundle(bundle).createSslContext();
        return new ElasticsearchSource(settings, ingest, new SourcePositions(client, store, clock),
                sink.getIfAvailable(() -> intake.sink(ElasticsearchSource.NAME)), elasticsearchHealthIndicator, ssl, clock);
    }
}
