package dev.doorstep.ingestservice.elasticsearch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Before which time no document becomes visible any more. A document shows up to the lookback after its time, or after a newer one did: a
 * cluster's shards, and those who write to them, do not keep step with one another, the less so when they catch up. Only what was looked
 * through since then is settled, however much time has passed. Not thread-safe.
 */
final class Settled {
    private static final int STEPS = 100;

    private final Duration lookback;
    private final Duration step;
    /** Where reading had come to, oldest first, as far as it is not settled. */
    private final Deque<Reached> reached = new ArrayDeque<>();
    private long byOwnTime;
    private long byNewer;

    private record Reached(Instant at, long readTo) {}

    /**
     * Creates one.
     *
     * @param position of an earlier one, epoch milliseconds; {@link Long#MIN_VALUE} where nothing was read yet
     */
    Settled(Duration lookback, long position) {
        this.lookback = lookback;
        this.step = lookback.dividedBy(STEPS);
        this.byOwnTime = minusLookback(position);
        this.byNewer = byOwnTime;
    }

    /** Notes that documents of up to a time have been seen by now; epoch milliseconds. */
    void reached(long readTo, Instant now) {
        if (reached.isEmpty() || !now.isBefore(reached.getLast().at().plus(step))) {
            reached.add(new Reached(now, readTo));
        }
    }

    /**
     * Notes that everything was read that was visible at an instant, from {@link #before} on.
     *
     * @param readTo time of the newest document of that, no later than the instant; epoch milliseconds
     */
    void swept(long readTo, Instant started) {
        byOwnTime = Math.max(byOwnTime, minusLookback(readTo));
        while (!reached.isEmpty() && !reached.getFirst().at().plus(lookback).isAfter(started)) {
            byNewer = Math.max(byNewer, reached.removeFirst().readTo());
        }
    }

    /**
     * The time before which nothing becomes visible any more, epoch milliseconds; {@link Long#MIN_VALUE} where everything may.
     *
     * @param rememberedFrom before this, it can't be told any more what was handed on; more than the lookback is not looked through then
     */
    long before(long rememberedFrom) {
        return Math.min(byOwnTime, Math.max(byNewer, rememberedFrom));
    }

    /** The position from which a new one says the same; {@link Long#MIN_VALUE} where everything may still become visible. */
    long position(long rememberedFrom) {
        long before = before(rememberedFrom);
        return before == Long.MIN_VALUE ? before : before + lookback.toMillis();
    }

    private long minusLookback(long position) {
        return position < Long.MIN_VALUE + lookback.toMillis() ? Long.MIN_VALUE : position - lookback.toMillis();
    }
}
