package dev.doorstep.watching.verdict;

import dev.doorstep.watching.sequential.BetTest;
import dev.doorstep.watching.sequential.MeanTest;
import dev.doorstep.watching.sequential.RatioTest;
import dev.doorstep.watching.verdict.Verdict.Result;
import java.util.ArrayList;
import java.util.List;

/**
 * All that is known of a candidate, held against the rules. It takes counts as they grow, in any portions, and gives verdicts at any time.
 * Immutable.
 *
 * @param errors of the candidate against the active model
 * @param slow of the candidate against the active model
 * @param opening of the active model, before it is known what is slow
 * @param slowBucket what takes longer than this bucket of {@link Runs} is slow, or −1 before that is known
 * @param days by which the candidate promises later
 * @param apart sum of days between the dates
 * @param loss of mature pairs
 * @param late of mature pairs
 * @param calibration of the candidate on mature pairs, by itself
 */
public record Watch(RatioTest errors, RatioTest slow, Runs opening, int slowBucket, MeanTest days, double apart, BetTest loss,
        BetTest late,
        BetTest calibration) {
    /** One in twenty of the active model's forecasts is slow, or fewer. */
    private static final double SLOW_SHARE = 0.05;
    /** A pinball loss that differs by more days counts as this much. */
    private static final double MOST_LOSS = 3;

    /** Of a candidate of which nothing is known. */
    public static Watch of(Rules rules) {
        return new Watch(RatioTest.of(rules.errorRatio()), RatioTest.of(rules.slowRatio()), Runs.NONE, -1, MeanTest.empty(), 0,
                BetTest.empty(), BetTest.empty(), BetTest.empty());
    }

    /**
     * After further forecasts.
     *
     * @param candidate of the candidate since the last time
     * @param active of the active model, for the same requests
     */
    public Watch withRuns(Runs candidate, Runs active, Rules rules) {
        RatioTest nextErrors = errors.with(candidate.runs(), candidate.errors(), active.runs(), active.errors());
        if (slowBucket < 0) {
            // What is slow is set by the first forecasts, which are not tested themselves: a bound must not know what it is held against.
            Runs known = opening.plus(active);
            int bucket = known.timed() < rules.leastRuns() ? -1 : slowBucket(known, rules);
            return new Watch(nextErrors, slow, known, bucket, days, apart, loss, late, calibration);
        }
        RatioTest nextSlow = slow.with(candidate.timed(), candidate.slowerThan(slowBucket), active.timed(), active.slowerThan(slowBucket));
        return new Watch(nextErrors, nextSlow, opening, slowBucket, days, apart, loss, late, calibration);
    }

    private static int slowBucket(Runs active, Rules rules) {
        int bucket = Runs.bucket(rules.slowFloor().toNanos());
        while (bucket < Runs.BUCKETS - 1 && active.slowerThan(bucket) > SLOW_SHARE * active.timed()) {
            bucket++;
        }
        return bucket;
    }

    /** After further requests that both forecast. */
    public Watch withDifferences(Differences more, Rules rules) {
        double tolerated = rules.promisedDaysTolerance() / Rules.MOST_DAYS;
        double sum = more.later() / Rules.MOST_DAYS;
        double squares = more.squares() / (Rules.MOST_DAYS * Rules.MOST_DAYS);
        // The tolerated delay is no delay; differences of that kind may reach beyond their bound, and are shrunk into it.
        double shrink = 1 / (1 + tolerated);
        MeanTest next = days.with(more.count(), (sum - more.count() * tolerated) * shrink,
                (squares - 2 * tolerated * sum + more.count() * tolerated * tolerated) * shrink * shrink);
        return new Watch(errors, slow, opening, slowBucket, next, apart + more.apart(), loss, late, calibration);
    }

    /** After another mature cohort, whole; cohorts come in the order of their days. */
    public Watch withCohort(List<Pair> pairs, Rules rules) {
        BetTest nextLoss = loss;
        BetTest nextLate = late;
        BetTest nextCalibration = calibration;
        for (Pair pair : pairs) {
            double worse = Math.clamp(pair.candidateLoss() - pair.loss(), -MOST_LOSS, MOST_LOSS);
            nextLoss = nextLoss.with((worse - rules.lossTolerance()) / (MOST_LOSS + rules.lossTolerance()));
            int later = (pair.candidateLate() ? 1 : 0) - (pair.late() ? 1 : 0);
            nextLate = nextLate.with((later - rules.lateTolerance()) / (1 + rules.lateTolerance()));
            double missed = (pair.candidateLate() ? 1 : 0) - (1 - pair.confidence()) - rules.calibrationTolerance();
            nextCalibration = nextCalibration.with(missed / (1 + rules.calibrationTolerance()));
        }
        return new Watch(errors, slow, opening, slowBucket, days, apart, nextLoss, nextLate, nextCalibration);
    }

    /** The verdicts. */
    public List<Verdict> verdicts(Rules rules) {
        double needed = rules.neededEvidence();
        List<Verdict> verdicts = new ArrayList<>();
        verdicts.add(tested("errors", errors.ratio(), rules.errorRatio(), errors.evidence(), needed, errors.trials(), rules.leastRuns(),
                "forecasts of the same requests, times as often as the active model"));
        verdicts.add(tested("latency", slow.ratio(), rules.slowRatio(), slow.evidence(), needed, slow.trials(), rules.leastRuns(),
                slowBucket < 0
                        ? "forecasts of the same requests"
                        : "forecasts over " + (1L << slowBucket) + " µs, times as often as the active model"));
        long both = days.count();
        double tolerated = rules.promisedDaysTolerance();
        double later = days.mean() * (Rules.MOST_DAYS + tolerated) + (both == 0 ? 0 : tolerated);
        verdicts.add(tested("promised-days", later, tolerated, days.evidence(), needed, both, rules.leastRuns(),
                "days later than the active model on the same requests"));
        verdicts.add(
                tested("quality", loss.mean() * (MOST_LOSS + rules.lossTolerance()) + (loss.count() == 0 ? 0 : rules.lossTolerance()),
                        rules.lossTolerance(), loss.highest(), needed, loss.count(), rules.leastPairs(),
                        "pinball loss above the active model's, days, mature pairs"));
        verdicts.add(tested("late-rate", late.mean() * (1 + rules.lateTolerance()) + (late.count() == 0 ? 0 : rules.lateTolerance()),
                rules.lateTolerance(), late.highest(), rules.neededForLateness(), late.count(), rules.leastPairs(),
                "share of late orders above the active model's, mature pairs"));
        // A world that has become slower makes every model late: this tells people, and takes nothing back.
        double alone = 1 / rules.alpha();
        long mature = calibration.count();
        verdicts.add(new Verdict("calibration",
                calibration.highest() >= alone ? Result.FAIL : mature < rules.leastPairs() ? Result.NO_DATA : Result.PASS,
                calibration.mean() * (1 + rules.calibrationTolerance()) + (mature == 0 ? 0 : rules.calibrationTolerance()),
                rules.calibrationTolerance(), calibration.highest(), alone, mature,
                "share of late orders above what was promised, mature pairs", false));
        double divergence = both == 0 ? 0 : apart / both;
        verdicts.add(new Verdict("divergence",
                both < rules.leastRuns() ? Result.NO_DATA : divergence > rules.divergenceDays() ? Result.FAIL : Result.PASS, divergence,
                rules.divergenceDays(), 0, 0, both, "days between the two dates on the same requests", false));
        return verdicts;
    }

    /** Fails as soon as the evidence is there; passes only once there was enough to see. */
    private static Verdict tested(String check, double value, double threshold, double evidence, double needed, long count, long least,
            String window) {
        Result result = evidence >= needed ? Result.FAIL : count < least ? Result.NO_DATA : Result.PASS;
        return new Verdict(check, result, value, threshold, evidence, needed, count, window, true);
    }
}
