package dev.doorstep.localstack.simulation;

import dev.doorstep.watching.verdict.Differences;
import dev.doorstep.watching.verdict.Pair;
import dev.doorstep.watching.verdict.Rules;
import dev.doorstep.watching.verdict.Runs;
import dev.doorstep.watching.verdict.Verdict;
import dev.doorstep.watching.verdict.Watch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** How often rollouts are taken back wrongly, and how soon rightly: many of them, by the checks that the services use. */
@CommandLine.Command(name = "rates", description = "Simulates many rollouts by the checks alone: the share that is taken back although the "
        + "candidate is as good as the active model, and how soon a worse one is found. Prints one JSON line a case.", mixinStandardHelpOptions = true)
final class RatesCommand implements Callable<Integer> {
    private static final int MOST_PAIRS = 3_000;
    private static final double LATE = 0.1;

    @CommandLine.Option(names = "--runs", description = "Rollouts of each case (default: ${DEFAULT-VALUE}).", defaultValue = "1000")
    private int runs;

    @CommandLine.Option(names = "--seed", description = "Of the random numbers (default: ${DEFAULT-VALUE}).", defaultValue = "7")
    private long seed;

    /**
     * A candidate.
     *
     * @param disagree share of orders in which it is late and the active model is not, and the other way round, by chance
     * @param late by how much more often its orders are late
     * @param errors share of its forecasts that fail
     * @param slow share of its forecasts that are slow
     * @param weekly standard deviation of what a week has in common for one of the models, in shares of late orders
     */
    private record Candidate(String name, double disagree, double late, double errors, double slow, double weekly) {}

    private static final List<Candidate> CANDIDATES = List.of(new Candidate("equal", 0.02, 0, 0.0005, 0.05, 0),
            new Candidate("equal, weeks differ", 0.02, 0, 0.0005, 0.05, 0.005),
            new Candidate("the same, three points later", 0, 0.03, 0.0005, 0.05, 0),
            new Candidate("another one, three points later", 0.02, 0.03, 0.0005, 0.05, 0),
            new Candidate("fails one in a hundred", 0.02, 0, 0.01, 0.05, 0),
            new Candidate("slow three times as often", 0.02, 0, 0.0005, 0.15, 0));

    @Override
    public Integer call() {
        for (int perDay : new int[]{50, 200, 1000}) {
            for (Candidate candidate : CANDIDATES) {
                int back = 0;
                List<Integer> pairsUntil = new ArrayList<>();
                int within = 0;
                for (int run = 0; run < runs; run++) {
                    int pairs = takenBackAfter(candidate, perDay, new Random(seed + run));
                    if (pairs >= 0) {
                        back++;
                        within += pairs <= 1_000 ? 1 : 0;
                        pairsUntil.add(pairs);
                    }
                }
                Collections.sort(pairsUntil);
                System.out.printf(Locale.ROOT,
                        "{\"candidate\":\"%s\",\"ordersPerDay\":%d,\"runs\":%d,\"takenBack\":%.3f,\"within1000Pairs\":%.3f,\"medianPairs\":%s}%n",
                        candidate.name(), perDay, runs, (double) back / runs, (double) within / runs,
                        pairsUntil.isEmpty() ? "null" : pairsUntil.get(pairsUntil.size() / 2));
            }
        }
        return 0;
    }

    /** Mature pairs, or forecasts where those were enough, after which a rollout was taken back; −1 where it was not. */
    private static int takenBackAfter(Candidate candidate, int perDay, Random random) {
        Rules rules = Rules.usual();
        Watch watch = Watch.of(rules);
        double week = 0;
        int pairs = 0;
        for (int day = 0; pairs < MOST_PAIRS; day++) {
            week = day % 7 == 0 ? random.nextGaussian() * candidate.weekly() : week;
            watch = watch.withRuns(runs(candidate.errors(), candidate.slow(), perDay, random), runs(0.0005, 0.05, perDay, random), rules);
            Differences differences = Differences.NONE;
            List<Pair> cohort = new ArrayList<>();
            for (int i = 0; i < perDay; i++) {
                differences = differences.with(random.nextInt(5) - 2);
                cohort.add(pair(candidate.disagree(), candidate.late() + week, random));
            }
            watch = watch.withDifferences(differences, rules).withCohort(cohort, rules);
            pairs += perDay;
            if (watch.verdicts(rules).stream().anyMatch(each -> each.rollsBack() && each.result() == Verdict.Result.FAIL)) {
                return pairs;
            }
        }
        return -1;
    }

    /** Two models that are as often late and disagree by chance; what is more is the candidate's. */
    private static Pair pair(double disagree, double later, Random random) {
        double u = random.nextDouble();
        double worse = disagree + Math.max(0, later);
        double better = disagree + Math.max(0, -later);
        boolean late = random.nextDouble() < LATE;
        boolean candidateLate = u < worse || (late && u < 1 - better);
        boolean baseLate = u >= 1 - better || (late && u >= worse);
        double noise = random.nextGaussian() * 0.3;
        return new Pair(0.9, 0.5, Math.max(0, 0.5 + noise), baseLate, candidateLate);
    }

    private static Runs runs(double errors, double slow, int count, Random random) {
        List<Long> times = new ArrayList<>(Collections.nCopies(Runs.BUCKETS, 0L));
        int failed = 0;
        for (int i = 0; i < count; i++) {
            if (random.nextDouble() < errors) {
                failed++;
            } else {
                int bucket = random.nextDouble() < slow ? 13 : 8;
                times.set(bucket, times.get(bucket) + 1);
            }
        }
        return new Runs(count, failed, times);
    }
}
