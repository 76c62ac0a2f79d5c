package dev.doorstep.predictionservice.serving;

import dev.doorstep.watching.verdict.Differences;
import dev.doorstep.watching.verdict.Runs;

/**
 * What one replica has counted of a trial.
 *
 * @param candidate forecasts of the new model
 * @param baseline forecasts of the other one
 * @param differences between their dates on identical requests
 */
public record Counts(Runs candidate, Runs baseline, Differences differences) {
    /** Nothing yet. */
    public static final Counts NONE = new Counts(Runs.NONE, Runs.NONE, Differences.NONE);

    /** The sum of two. */
    public Counts plus(Counts other) {
        return new Counts(candidate.plus(other.candidate), baseline.plus(other.baseline), differences.plus(other.differences));
    }

    /** What came after an earlier count. */
    public Counts since(Counts earlier) {
        return new Counts(candidate.since(earlier.candidate), baseline.since(earlier.baseline), differences.since(earlier.differences));
    }
}
