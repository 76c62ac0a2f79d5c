package dev.doorstep.ingestservice.elasticsearch;

import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which documents of the last minutes have been handed on, so that those that are looked through again are not sent again. Bounded: what
 * it forgets is sent again and known downstream. Thread-safe.
 */
final class SeenIds {
    private static final long BUCKET_MILLIS = Duration.ofSeconds(10).toMillis();
    private static final long TIMELESS = Long.MIN_VALUE / BUCKET_MILLIS;

    private final TreeMap<Long, Set<String>> buckets = new TreeMap<>();
    private final int most;
    private long rememberedFrom = Long.MIN_VALUE;
    private int size;

    /**
     * Creates an empty one.
     *
     * @param most documents that are remembered
     */
    SeenIds(int most) {
        this.most = most;
    }

    /** Remembers a document; false when it was known. */
    synchronized boolean add(long epochMillis, String position) {
        if (!buckets.computeIfAbsent(epochMillis / BUCKET_MILLIS, _ -> new HashSet<>()).add(position)) {
            return false;
        }
        size++;
        while (size > most) {
            forgetFirst();
        }
        return true;
    }

    /** Forgets what lies before a time; documents without a time stay. */
    synchronized void forgetBefore(long epochMillis) {
        Long first = buckets.higherKey(TIMELESS);
        while (first != null && first < epochMillis / BUCKET_MILLIS) {
            size -= Objects.requireNonNull(buckets.remove(first)).size();
            first = buckets.higherKey(TIMELESS);
        }
    }

    /** From which time on nothing was forgotten for want of room, epoch milliseconds; {@link Long#MIN_VALUE} where there was room for all. */
    synchronized long rememberedFrom() {
        return rememberedFrom;
    }

    /** Those without a time go last: they are looked through each time. */
    private synchronized void forgetFirst() {
        Long first = buckets.higherKey(TIMELESS);
        if (first == null) {
            first = TIMELESS;
        } else {
            rememberedFrom = Math.max(rememberedFrom, (first + 1) * BUCKET_MILLIS);
        }
        size -= Objects.requireNonNull(buckets.remove(first)).size();
    }
}
