package dev.doorstep.ingestservice.kinesis;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Settings under {@code doorstep.ingest.bridge}: what is read from Elasticsearch goes to Kinesis instead of Kafka. Off while there is no
 * stream.
 *
 * @param stream name of the stream that is written to
 * @param region AWS region of the stream; default that of the store
 * @param endpoint of an emulator or a VPC endpoint; default AWS's own
 */
@ConfigurationProperties("doorstep.ingest.bridge")
public record BridgeSettings(@Nullable String stream, @Nullable String region, @Nullable URI endpoint) {
    public BridgeSettings {
        KinesisSettings.requireRegion("doorstep.ingest.bridge.", region);
    }
}
