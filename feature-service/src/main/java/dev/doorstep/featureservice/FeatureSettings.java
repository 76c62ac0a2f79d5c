package dev.doorstep.featureservice;

import dev.doorstep.commonmodel.settings.Bounds;
import dev.doorstep.featurestore.StoreSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep}.
 *
 * @param store DynamoDB; {@code store.event-retention} is the dedupe horizon
 * @param features the consumer
 */
@ConfigurationProperties("doorstep")
public record FeatureSettings(StoreSettings store, @DefaultValue Features features) {
    /**
     * Settings under {@code doorstep.features}.
     *
     * @param consumers consumer threads, 1 to 64; more than partitions are idle; default 2
     * @param retryInterval wait between two tries while the store does not answer, 10 ms to 1 minute; default 1 s
     * @param partitions partitions of {@code features.changed} when it is created here, 1 to 1,000; default 4
     * @param replicas copies of each partition, 1 to 10; default 1, in production 3
     */
    public record Features(@DefaultValue("2") int consumers, @DefaultValue("1s") Duration retryInterval,
            @DefaultValue("4") int partitions, @DefaultValue("1") int replicas) {
        private static final String PREFIX = "doorstep.features.";

        public Features {
            Bounds.require(PREFIX + "consumers", consumers, 1, 64);
            Bounds.require(PREFIX + "retry-interval (ms)", retryInterval.toMillis(), 10L, 60_000L);
            Bounds.require(PREFIX + "partitions", partitions, 1, 1_000);
            Bounds.require(PREFIX + "replicas", replicas, 1, 10);
        }
    }
}
