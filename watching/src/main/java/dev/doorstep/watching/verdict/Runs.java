package dev.doorstep.watching.verdict;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How forecasts of one model went, in numbers that only grow, so that those of several replicas can be added up.
 *
 * @param runs forecasts
 * @param errors those that failed
 * @param times how many took up to 2⁰, 2¹, 2² … microseconds, the last one all that took longer
 */
public record Runs(long runs, long errors, List<Long> times) {
    /** Up to a second and what is beyond. */
    public static final int BUCKETS = 22;
    /** Nothing yet. */
    public static final Runs NONE = new Runs(0, 0, Collections.nCopies(BUCKETS, 0L));

    public Runs {
        times = List.copyOf(times);
    }

    /** The bucket of a time. */
    public static int bucket(long nanos) {
        long micros = nanos / 1_000;
        return micros <= 1 ? 0 : Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(micros - 1));
    }

    /** The sum of two. */
    public Runs plus(Runs other) {
        return new Runs(runs + other.runs, errors + other.errors,
                IntStream.range(0, BUCKETS).mapToObj(i -> times.get(i) + other.times.get(i)).toList());
    }

    /** What came after an earlier count. */
    public Runs since(Runs earlier) {
        return new Runs(runs - earlier.runs, errors - earlier.errors,
                IntStream.range(0, BUCKETS).mapToObj(i -> times.get(i) - earlier.times.get(i)).toList());
    }

    /** Those that took longer than a bucket holds. */
    public long slowerThan(int bucket) {
        return times.stream().skip(bucket + 1L).mapToLong(Long::longValue).sum();
    }

    /** Those that came to an end. */
    public long timed() {
        return times.stream().mapToLong(Long::longValue).sum();
    }

}
