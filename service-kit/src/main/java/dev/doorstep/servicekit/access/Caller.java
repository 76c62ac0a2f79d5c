package dev.doorstep.servicekit.access;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One key with what is left of its rate and its day. Thread-safe. */
final class Caller {
    private final AccessSettings.Key key;
    private final @Nullable Bucket bucket;
    private LocalDate day = LocalDate.EPOCH;
    /** Of the day, by all replicas, when that was last told. */
    private long counted;
    /** Here since then. */
    private long uncounted;

    Caller(AccessSettings.Key key) {
        this.key = key;
        Integer perSecond = key.perSecond();
        this.bucket = perSecond == null
                ? null
                : Bucket.builder()
                        .addLimit(limit -> limit.capacity(Objects.requireNonNullElse(key.burst(), perSecond)).refillGreedy(perSecond,
                                Duration.ofSeconds(1)))
                        .build();
    }

    AccessSettings.Key key() {
        return key;
    }

    /** Takes a request of the rate; returns 0, or the seconds after which another may come. */
    long takeOfRate() {
        if (bucket == null) {
            return 0;
        }
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? 0 : Math.ceilDiv(probe.getNanosToWaitForRefill(), TimeUnit.SECONDS.toNanos(1));
    }

    /** Takes a request of the day; returns 0, or the seconds after which the next day begins. */
    synchronized long takeOfDay(Instant now) {
        Long perDay = key.perDay();
        if (perDay == null) {
            return 0;
        }
        turn(now);
        if (counted + uncounted >= perDay) {
            return 1 + Duration.between(now, day.plusDays(1).atStartOfDay(ZoneOffset.UTC)).toSeconds();
        }
        uncounted++;
        return 0;
    }

    /** What was used of a day and is not counted with the others' yet. */
    record Use(LocalDate day, long requests) {}

    /** What is to be counted; where that fails, the next use has it too. */
    synchronized Use use(Instant now) {
        turn(now);
        return new Use(day, uncounted);
    }

    /** Takes over what all replicas used of a day, in which a use is now counted. */
    synchronized void counted(Use use, long total) {
        if (use.day().equals(day)) {
            counted = total;
            uncounted -= use.requests();
        }
    }

    /** What was not counted of a day that is over is nobody's limit any more. */
    private void turn(Instant now) {
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        if (!today.equals(day)) {
            day = today;
            counted = 0;
            uncounted = 0;
        }
    }
}
