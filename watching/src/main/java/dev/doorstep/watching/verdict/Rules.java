package dev.doorstep.watching.verdict;

import dev.doorstep.commonmodel.settings.Bounds;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * What a candidate may do and still pass: the rules file of a store.
 *
 * @param alpha chance that a candidate which keeps all rules is rolled back all the same, over all checks together, 0.001 to 0.5
 * @param leastRuns forecasts of the candidate that errors, speed and difference need before they say anything, 10 to 1,000,000
 * @param leastPairs mature pairs that quality and lateness need before they pass, 10 to 1,000,000
 * @param errorRatio how often the candidate may fail for each time that the active model does, 1 to 10
 * @param slowRatio how often it may be slow for each time that the active model is, 1 to 10
 * @param slowFloor what takes no longer is never slow, 0 to 10 s
 * @param lateTolerance by how much the share of late orders may rise, 0 to 0.5
 * @param lossTolerance by how much the mean pinball loss may rise, days, 0 to 10
 * @param promisedDaysTolerance by how much the promised date may be later on average, days, 0 to 30
 * @param divergenceDays by how much dates may differ on average, days, 0 to 30
 * @param calibrationTolerance by how much more often than promised orders may be late before someone is told, 0 to 0.5
 * @param horizonDays days after its order date by which a cohort is mature, 1 to 90
 * @param leastKnown share of a day's promises whose end must be known by then for the others to count as overdue, though a single one of
 *     several always does; where less is known, scans may be missing rather than parcels, and nothing is learned of that day, 0.5 to 1
 * @param noDataBakes bake times without enough data after which a rollout pauses, 1 to 100
 */
public record Rules(double alpha, long leastRuns, long leastPairs, double errorRatio, double slowRatio, Duration slowFloor,
        double lateTolerance, double lossTolerance, double promisedDaysTolerance, double divergenceDays,
        double calibrationTolerance, int horizonDays, double leastKnown, int noDataBakes) {
    /** Bound of a difference in days: what differs by more counts as this much. */
    public static final double MOST_DAYS = 10;

    /** Errors, speed, quality and promised days, which have much to go by, share one half of α. */
    private static final int OTHERS = 4;

    public Rules {
        require("alpha", alpha, 0.001, 0.5);
        Bounds.require("leastRuns", leastRuns, 10L, 1_000_000L);
        Bounds.require("leastPairs", leastPairs, 10L, 1_000_000L);
        require("errorRatio", errorRatio, 1, 10);
        require("slowRatio", slowRatio, 1, 10);
        Bounds.require("slowFloor", slowFloor, Duration.ZERO, Duration.ofSeconds(10));
        require("lateTolerance", lateTolerance, 0, 0.5);
        require("lossTolerance", lossTolerance, 0, 10);
        require("promisedDaysTolerance", promisedDaysTolerance, 0, 30);
        require("divergenceDays", divergenceDays, 0, 30);
        require("calibrationTolerance", calibrationTolerance, 0, 0.5);
        Bounds.require("horizonDays", horizonDays, 1, 90);
        require("leastKnown", leastKnown, 0.5, 1);
        Bounds.require("noDataBakes", noDataBakes, 1, 100);
    }

    /** The rules of a store that has none of its own. */
    public static Rules usual() {
        return new Rules(0.05, 200, 200, 1.5, 1.5, Duration.ofMillis(2), 0.005, 0.02, 0.5, 2, 0.03, 14, 0.9, 3);
    }

    /** The last day (UTC) whose orders all had time to arrive by an instant. */
    public LocalDate mature(Instant at) {
        return LocalDate.ofInstant(at, ZoneOffset.UTC).minusDays(horizonDays + 1L);
    }

    /** The last day, where they go, that the orders of a day have to arrive by. */
    public LocalDate horizon(LocalDate ordered) {
        return ordered.plusDays(horizonDays);
    }

    /** Evidence that makes lateness fail: whether parcels come in time is seen in few orders, and has half of α. */
    public double neededForLateness() {
        return 2 / alpha;
    }

    /** Evidence that makes any of the other checks fail: they share the other half. */
    public double neededEvidence() {
        return 2 * OTHERS / alpha;
    }

    private static void require(String rule, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(rule + " must lie between " + least + " and " + most + ": " + value);
        }
    }
}
