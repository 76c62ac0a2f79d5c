package dev.doorstep.watching.verdict;

import dev.doorstep.watching.sequential.CohortTest;
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
 * @param slowBucket what takes longer than this bucket of {@link Runs} is slow, or −1 before that is known
 * @param days by which the candidate promises later
 * @param apart sum of days between the dates
 * @param loss of mature pairs
 * @param late of mature pairs
 * @param observed mature pairs whose parcel came by the candidate's date
 */
public record Watch(RatioTest errors, RatioTest slow, int slowBucket, MeanTest days, double apart, CohortTest loss, CohortTest late,
        long observed) {
    /** One in twenty of the active model's forecasts is slow, or fewer. */
    private static final double SLOW_SHARE = 0.05;

    /** Of a candidate of which nothing is known. */
    public static Watch of(Rules rules) {
        return new Watch(RatioTest.of(rules.errorRatio()), RatioTest.of(rules.slowRatio()), -1, MeanTest.empty(), 0,
                CohortTest.of(rules.horizonDays()), CohortTest.of(rules.horizonDays()), 0);
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
            // What is slow is set by a first window, which itself is not tested: a bound must not know what it will be held against.
            int bucket = active.timed() < rules.leastRuns() ? -1 : slowBucket(active, rules);
            return new Watch(nextErrors, slow, bucket, days, apart, loss, late, observed);
        }
        RatioTest nextSlow = slow.with(candidate.timed(), candidate.slowerThan(slowBucket), active.timed(), active.slowerThan(slowBucket));
        return new Watch(nextErrors, nextSlow, slowBucket, days, apart, loss, late, observed);
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
        return new Watch(errors, slow, slowBucket, next, apart + more.apart(), loss, late, observed);
    }

    /**
     * After another mature cohort; cohorts come in the order of their days.
     *
     * @param day of its orders since 1970
     */
    public Watch withCohort(long day, List<Pair> pairs, Rules rules) {
        List<Double> losses = new ArrayList<>();
        List<Double> lates = new ArrayList<>();
        long held = observed;
        for (Pair pair : pairs) {
            double worse = Math.clamp(pair.candidateLoss() - pair.loss(), -Rules.MOST_DAYS, Rules.MOST_DAYS);
            losses.add((worse - rules.lossTolerance()) / (Rules.MOST_DAYS + rules.lossTolerance()));
            int later = (pair.candidateLate() ? 1 : 0) - (pair.late() ? 1 : 0);
            lates.add((later - rules.lateTolerance()) / (1 + rules.lateTolerance()));
            held += pair.candidateLate() ? 0 : 1;
        }
        return new Watch(errors, slow, slowBucket, days, apart, loss.with(day, losses), late.with(day, lates), held);
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
                tested("quality", loss.mean() * (Rules.MOST_DAYS + rules.lossTolerance()) + (loss.count() == 0 ? 0 : rules.lossTolerance()),
                        rules.lossTolerance(), loss.evidence(), needed, loss.count(), rules.leastPairs(),
                        "pinball loss above the active model's, days, mature pairs"));
        verdicts.add(tested("late-rate", late.mean() * (1 + rules.lateTolerance()) + (late.count() == 0 ? 0 : rules.lateTolerance()),
                rules.lateTolerance(), late.evidence(), needed, late.count(), rules.leastPairs(),
                "share of late orders above the active model's, mature pairs"));
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
