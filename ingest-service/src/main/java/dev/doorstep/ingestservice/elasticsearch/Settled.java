package dev.doorstep.ingestservice.elasticsearch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Before which time no document becomes visible any more. A document shows up to the lookback after its time, or after a newer one did: a
 * cluster's shards, and those who write to them, do not keep step with one another, the less so when they catch up. Not thread-safe.
 */
final class Settled {
    private static final int STEPS = 100;

    private final Duration lookback;
    private final Duration step;
    /** Where reading had come to in the last lookback, oldest first. */
    private final Deque<Reached> reached = new ArrayDeque<>();
    /** Where it had come to a lookback ago. */
    private long earlier;

    private record Reached(Instant at, long readTo) {}

    /**
     * Creates one.
     *
     * @param position of an earlier one, epoch milliseconds; {@link Long#MIN_VALUE} where nothing was read yet
     */
    Settled(Duration lookback, long position) {
        this.lookback = lookback;
        this.step = lookback.dividedBy(STEPS);
        this.earlier = minusLookback(position);
    }

    /** Notes that documents of up to a time have been seen by now; epoch milliseconds. */
    void reached(long readTo, Instant now) {
        if (reached.isEmpty() || !now.isBefore(reached.getLast().at().plus(step))) {
            reached.add(new Reached(now, readTo));
        }
    }

    /**
     * The time before which nothing becomes visible any more, epoch milliseconds; {@link Long#MIN_VALUE} where everything may.
     *
     * @param readTo time of the newest document that was seen
     * @param rememberedFrom before this, it can't be told any more what was handed on; more than the lookback is not looked through then
     */
    long before(long readTo, long rememberedFrom, Instant now) {
        while (!reached.isEmpty() && !reached.getFirst().at().plus(lookback).isAfter(now)) {
            earlier = Math.max(earlier, reached.removeFirst().readTo());
        }
        return Math.min(minusLookback(readTo), Math.max(earlier, rememberedFrom));
    }

    /** The position from which a new one says the same; {@link Long#MIN_VALUE} where everything may still become visible. */
    long position(long readTo, long rememberedFrom, Instant now) {
        long before = before(readTo, rememberedFrom, now);
        return before == Long.MIN_VALUE ? before : before + lookback.toMillis();
    }

    private long minusLookback(long position) {
        return position == Long.MIN_VALUE ? position : position - lookback.toMillis();
    }
}
