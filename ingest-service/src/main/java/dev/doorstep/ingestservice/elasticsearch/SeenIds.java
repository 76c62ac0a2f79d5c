package dev.doorstep.ingestservice.elasticsearch;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * Which documents of the last minutes have been handed on, so that those that are looked through again are not sent again. Bounded: what
 * it forgets is sent again and known downstream. Thread-safe.
 */
final class SeenIds {
    private static final long BUCKET_MILLIS = Duration.ofSeconds(10).toMillis();

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
        Long first = buckets.higherKey(Long.MIN_VALUE / BUCKET_MILLIS);
        while (first != null && first < epochMillis / BUCKET_MILLIS) {
            size -= Objects.requireNonNull(buckets.remove(first)).size();
            first = buckets.higherKey(Long.MIN_VALUE / BUCKET_MILLIS);
        }
    }

    /** From which time on nothing was forgotten for want of room, epoch milliseconds; {@link Long#MIN_VALUE} where there was room for all. */
    synchronized long rememberedFrom() {
        return rememberedFrom;
    }

    private synchronized void forgetFirst() {
        Map.Entry<Long, Set<String>> first = Objects.requireNonNull(buckets.pollFirstEntry());
        size -= first.getValue().size();
        rememberedFrom = Math.max(rememberedFrom, (first.getKey() + 1) * BUCKET_MILLIS);
    }
}
