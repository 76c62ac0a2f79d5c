package dev.doorstep.predictionservice.serving;

import dev.doorstep.watching.verdict.Differences;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** Counts of a trial in this process. Thread-safe. */
public final class TrialProgress {
    private final ModelRuns candidate = new ModelRuns();
    private final ModelRuns baseline = new ModelRuns();
    private final AtomicReference<Differences> differences = new AtomicReference<>(Differences.NONE);

    ModelRuns candidate() {
        return candidate;
    }

    ModelRuns baseline() {
        return baseline;
    }

    void differ(long daysLater) {
        differences.updateAndGet(known -> known.with(daysLater));
    }

    /** What has been counted so far. */
    public Counts counts() {
        return new Counts(candidate.counts(), baseline.counts(), Objects.requireNonNull(differences.get()));
    }
}
