package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.commonmodel.settings.Bounds;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep.ingest.kinesis}; the source is off while there is no stream.
 *
 * @param stream name of the stream whose records are documents
 * @param region AWS region of the stream, such as {@code eu-central-1}; default that of the store
 * @param endpoint of an emulator or a VPC endpoint; default AWS's own
 * @param application names the leases: the table in DynamoDB that says which replica reads which shard; default {@code doorstep-ingest}
 * @param start where reading begins that was never begun before: {@code horizon}, {@code latest} or an instant; default
 *     {@code horizon}
 * @param consumer whether records are polled for, or pushed by enhanced fan-out, which costs more and comes sooner; default polling
 * @param pollInterval time between two reads of a shard, 200 ms (a shard allows five reads a second, of all consumers together) to 1 min;
 *     default 1 s
 * @param failover time after which a silent replica's shards are taken over, 1 s to 5 min; default 10 s
 * @param checkpointInterval longest time between two checkpoints of a shard: what came since the last one is read again after a crash,
 *     100 ms to 5 min; default 1 s
 * @param kcl2Compatible whether replicas on the Kinesis Client Library 2 share the leases; then shards are found sooner and balanced by
 *     their number instead of the replicas' load; default false
 */
@ConfigurationProperties("doorstep.ingest.kinesis")
public record KinesisSettings(@Nullable String stream, @Nullable String region, @Nullable URI endpoint,
        @DefaultValue("doorstep-ingest") String application, @DefaultValue("horizon") String start,
        @DefaultValue("polling") Consumer consumer,
        @DefaultValue("1s") Duration pollInterval, @DefaultValue("10s") Duration failover, @DefaultValue("1s") Duration checkpointInterval,
        @DefaultValue("false") boolean kcl2Compatible) {
    private static final String PREFIX = "doorstep.ingest.kinesis.";

    /** An empty one, as a variable that was left empty gives, is no region. */
    static void requireRegion(String prefix, @Nullable String region) {
        if (region != null && region.isBlank()) {
            throw new IllegalArgumentException(prefix + "region must not be empty; leave it out for the store's");
        }
    }

    /** How records come. */
    public enum Consumer {
        POLLING, FAN_OUT
    }

    public KinesisSettings {
        requireRegion(PREFIX, region);
        if (!application.matches("[A-Za-z0-9_.-]{3,200}")) {
            throw new IllegalArgumentException(
                    PREFIX + "application names tables and must have 3 to 200 letters, digits, _, . or -: " + application);
        }
        if (!start.equals("horizon") && !start.equals("latest")) {
            try {
                Instant.parse(start);
            } catch (DateTimeParseException e) {
                throw new IllegalArgumentException(
                        PREFIX + "start must be horizon, latest or an instant such as 2026-01-01T00:00:00Z: " + start, e);
            }
        }
        Bounds.require(PREFIX + "poll-interval", pollInterval, Duration.ofMillis(200), Duration.ofMinutes(1));
        Bounds.require(PREFIX + "failover", failover, Duration.ofSeconds(1), Duration.ofMinutes(5));
        Bounds.require(PREFIX + "checkpoint-interval", checkpointInterval, Duration.ofMillis(100), Duration.ofMinutes(5));
    }
}
