package dev.doorstep.predictionservice;

import dev.doorstep.commonmodel.settings.Bounds;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep.rollout}.
 *
 * @param models where bundles are: a folder that all replicas share, or {@code s3://BUCKET/PREFIX}; in it a folder for each bundle, named by
 *     its digest; without it only the configured bundle can serve
 * @param s3Endpoint of an S3-compatible store; null for AWS's own
 * @param poll how often replicas look at what is to serve, 50 ms to 10 s; default 500 ms
 * @param replicaTimeout a replica that was silent for so long is gone, 1 s to 1 min, at least twice the poll; default 3 s
 * @param rules file of what candidates may do; default the usual rules
 * @param webhook is sent a JSON document for each alert, or null
 * @param topicArn SNS topic that is sent the same, or null
 * @param snsEndpoint of an SNS-compatible service; null for AWS's own
 * @param shadowQueue requests that may wait to be forecast by a candidate as well, 1 to 1,000,000; more are dropped and counted; default
 *     1,000
 * @param liveCalibration whether outcomes correct the probabilities of models; default true
 * @param faults what is done to models on purpose, for drills
 */
@ConfigurationProperties("doorstep.rollout")
public record RolloutSettings(@Nullable String models, @Nullable URI s3Endpoint, @DefaultValue("500ms") Duration poll,
        @DefaultValue("3s") Duration replicaTimeout, @Nullable Path rules, @Nullable URI webhook, @Nullable String topicArn,
        @Nullable URI snsEndpoint, @DefaultValue("1000") int shadowQueue, @DefaultValue("true") boolean liveCalibration,
        @DefaultValue List<Fault> faults) {
    private static final String PREFIX = "doorstep.rollout.";

    /**
     * A model that is made to misbehave.
     *
     * @param version which one
     * @param delay added to each of its forecasts, 0 to 1 s
     * @param errorShare of its forecasts that fail, 0 to 1
     */
    public record Fault(String version, @DefaultValue("0s") Duration delay, @DefaultValue("0") double errorShare) {
        public Fault {
            Bounds.require(PREFIX + "faults.delay", delay, Duration.ZERO, Duration.ofSeconds(1));
            Bounds.require(PREFIX + "faults.error-share", errorShare, 0.0, 1.0);
        }
    }

    public RolloutSettings {
        models = models == null || models.isBlank() ? null : models;
        Bounds.require(PREFIX + "poll", poll, Duration.ofMillis(50), Duration.ofSeconds(10));
        Bounds.require(PREFIX + "replica-timeout", replicaTimeout, Duration.ofSeconds(1), Duration.ofMinutes(1));
        Bounds.require(PREFIX + "shadow-queue", shadowQueue, 1, 1_000_000);
        if (replicaTimeout.compareTo(poll.multipliedBy(2)) < 0) {
            throw new IllegalArgumentException(PREFIX + "replica-timeout (" + replicaTimeout + ") is less than twice " + PREFIX + "poll ("
                    + poll + "): replicas would count as gone between two looks");
        }
        faults = List.copyOf(faults);
    }
}
