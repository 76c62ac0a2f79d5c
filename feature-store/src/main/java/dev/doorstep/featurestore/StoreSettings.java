package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.settings.Bounds;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How DynamoDB is reached and how long things are kept.
 *
 * @param endpoint of DynamoDB Local or a VPC endpoint; null for AWS's own
 * @param region AWS region, such as {@code eu-central-1}
 * @param tablePrefix starts every table's name, 3 to 100 characters; default {@code doorstep}
 * @param createTables whether missing tables are created at start; on AWS infrastructure as code does that
 * @param callTimeout longest wait for one call, all retries included, 1 ms to 1 minute
 * @param eventRetention how long events are recognised as duplicates (the dedupe horizon), 1 hour to 400 days; default 14 days
 * @param sessionRetention how long a session's features are kept after its last change; default 30 days
 * @param counterRetention how long counters are kept; default 8 days
 */
public record StoreSettings(@Nullable URI endpoint, String region, String tablePrefix, boolean createTables, Duration callTimeout,
        Duration eventRetention, Duration sessionRetention, Duration counterRetention) {
    public StoreSettings {
        if (tablePrefix.length() < 3 || tablePrefix.length() > 100) {
            throw new IllegalArgumentException("tablePrefix must have 3 to 100 characters: " + tablePrefix);
        }
        Bounds.require("callTimeout", callTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        Bounds.require("eventRetention", eventRetention, Duration.ofHours(1), Duration.ofDays(400));
        Bounds.require("sessionRetention", sessionRetention, Duration.ofHours(1), Duration.ofDays(400));
        Bounds.require("counterRetention", counterRetention, Duration.ofHours(25), Duration.ofDays(400));
    }

    /** The same settings with another longest wait. */
    public StoreSettings withCallTimeout(Duration timeout) {
        return new StoreSettings(endpoint, region, tablePrefix, createTables, timeout, eventRetention, sessionRetention, counterRetention);
    }
}
