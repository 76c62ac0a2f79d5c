package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.elasticsearch.ElasticsearchSource;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The source and its health, and the bridge, each where its stream is named. */
@Configuration(proxyBeanMethods = false)
class KinesisSetup {
    @Bean
    @ConditionalOnProperty("doorstep.ingest.kinesis.stream")
    SourceStatus kinesisHealthIndicator(MeterRegistry metrics, Clock clock) {
        return new SourceStatus(KinesisSource.NAME, metrics, clock);
    }

    @Bean
    @ConditionalOnProperty("doorstep.ingest.kinesis.stream")
    KinesisSource kinesisSource(KinesisSettings settings, DynamoDbClient client, StoreSettings store, IngestSettings ingest,
            PatientIntake intake, SourceStatus kinesisHealthIndicator, MeterRegistry metrics, Clock clock) {
        return new KinesisSource(settings, store, new SourcePositions(client, store, clock), ingest, intake.sink(KinesisSource.NAME),
                kinesisHealthIndicator, metrics, clock);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("doorstep.ingest.bridge.stream")
    DocumentSink kinesisSink(BridgeSettings settings, StoreSettings store, PatientIntake intake,
            @Qualifier("elasticsearchHealthIndicator") ObjectProvider<SourceStatus> source, MeterRegistry metrics, Clock clock) {
        String region = Objects.requireNonNullElse(settings.region(), store.region());
        String stream = Objects.requireNonNull(settings.stream());
        SourceStatus status = source.getIfAvailable();
        if (status == null) {
            throw new IllegalArgumentException("doorstep.ingest.bridge.stream is " + stream
                    + ", and there is nothing to bridge to it: doorstep.ingest.elasticsearch.index is not set");
        }
        return new KinesisSink(KinesisClients.writing(settings.endpoint(), region), stream,
                new Refusals("stream " + stream + " in " + region + " can't be written to", "kinesis:PutRecords", status, clock), status,
                intake.tooLong(ElasticsearchSource.NAME), metrics);
    }
}
