package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.elasticsearch.ElasticsearchSource;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
    KinesisSource kinesisSource(KinesisSettings settings, StoreSettings store, IngestSettings ingest, PatientIntake intake,
            SourceStatus kinesisHealthIndicator, MeterRegistry metrics, Clock clock) {
        return new KinesisSource(settings, store, ingest, intake.sink(KinesisSource.NAME), kinesisHealthIndicator, metrics, clock);
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("doorstep.ingest.bridge.stream")
    DocumentSink kinesisSink(BridgeSettings settings, StoreSettings store, PatientIntake intake, MeterRegistry metrics) {
        String region = Objects.requireNonNullElse(settings.region(), store.region());
        return new KinesisSink(KinesisClients.writing(settings.endpoint(), region), Objects.requireNonNull(settings.stream()),
                intake.sink(ElasticsearchSource.NAME), metrics);
    }
}
