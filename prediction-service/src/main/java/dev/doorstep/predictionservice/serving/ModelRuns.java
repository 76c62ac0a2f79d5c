package dev.doorstep.predictionservice.serving;

import dev.doorstep.watching.verdict.Runs;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;

/** Counts how forecasts of one model go. Thread-safe. */
final class ModelRuns {
    private final LongAdder runs = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicLongArray times = new AtomicLongArray(Runs.BUCKETS);

    void succeeded(long nanos) {
        runs.increment();
        times.incrementAndGet(Runs.bucket(nanos));
    }

    void failed() {
        runs.increment();
        errors.increment();
    }

    Runs counts() {
        List<Long> counts = IntStream.range(0, Runs.BUCKETS).mapToObj(times::get).toList();
        // Errors first: what is added between the two reads must not make more errors than runs.
        long failed = errors.sum();
        return new Runs(runs.sum(), failed, counts);
    }
}
