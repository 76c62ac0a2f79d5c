package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.Contribution.Factor;
import dev.doorstep.forecasting.forest.Forest;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A discrete-time hazard model (Tutz and Schmid, Modeling Discrete Time-to-Event Data, 2016): one binary forest gives, for an order and a
 * candidate day, the probability of arriving on that day if it has not arrived before. The hazard of a closed day is 0 and
 * F = 1 − Π(1 − h), so the distribution is monotone at any confidence. Immutable and thread-safe.
 */
public final class HazardModel {
    private static final String OBJECTIVE = "binary sigmoid:1";

    private final Forest.Plan plan;
    private final Forest forest;
    private final Support support;
    private final DayColumns dayColumns;

    /**
     * Makes one of a forest.
     *
     * @throws DoorstepException {@code INVALID_MODEL} when its scores are no hazards
     */
    public HazardModel(Forest forest, Support support) {
        requireHazards(forest);
        this.forest = forest;
        this.support = support;
        this.dayColumns = new DayColumns(forest.featureNames());
        this.plan = forest.plan(dayColumns.columns());
    }

    /**
     * Checks what a forest was grown for, since other scores would be taken for hazards.
     *
     * @throws DoorstepException {@code INVALID_MODEL} that names {@code objective}
     */
    public static void requireHazards(Forest forest) {
        if (!forest.objective().equals(OBJECTIVE)) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "objective", "objective of the model must be '" + OBJECTIVE
                    + "', a hazard for each order and candidate day: " + DoorstepException.shown(forest.objective()));
        }
    }

    /** A thread's working memory. */
    public Forest.Scratch scratch() {
        return forest.scratch();
    }

    /**
     * Makes the distribution, without allocating.
     *
     * @param row the order's features in the order of the schema; day features in it are overwritten
     * @param days the order's calendar
     * @param cumulative takes for each day of the support the probability that it has arrived by its end
     */
    public void cumulative(double[] row, CandidateDays days, Forest.Scratch scratch, double[] cumulative) {
        plan.fix(row, scratch);
        cumulative(row, days, scratch, null, cumulative);
    }

    /** The same of a row whose fixed features the scratch has, or slowly without those that are not known. */
    private void cumulative(double[] row, CandidateDays days, Forest.Scratch scratch, boolean @Nullable [] unknown, double[] cumulative) {
        double survival = 1;
        for (int bin = 0; bin < support.bins(); bin++) {
            double before = survival;
            if (bin >= days.lastOpen()) {
                survival = 0;
            } else if (days.isOpen(bin)) {
                dayColumns.fill(days, bin, row, 0);
                survival *= 1 - probability(unknown == null ? plan.score(row, scratch) : forest.expected(row, unknown));
            }
            spread(bin, days, before, survival, cumulative);
        }
    }

    /**
     * By how many days each factor moves the expected day, against the same order where nobody knows that factor.
     *
     * @param row as of {@link #cumulative}
     */
    public Map<Factor, Double> contributions(double[] row, CandidateDays days) {
        double[] cumulative = new double[support.days()];
        Forest.Scratch scratch = scratch();
        cumulative(row, days, scratch, cumulative);
        double known = expectedDay(cumulative);
        Map<Factor, Double> contributions = new EnumMap<>(Factor.class);
        Factors.of(forest.featureNames()).forEach((factor, unknown) -> {
            cumulative(row, days, scratch, unknown, cumulative);
            contributions.put(factor, known - expectedDay(cumulative));
        });
        return contributions;
    }

    /** Days from the first day of the support to the one that is expected. */
    public static double expectedDay(double[] cumulative) {
        double expected = 0;
        for (double reached : cumulative) {
            expected += 1 - reached;
        }
        return expected;
    }

    /** Divides what arrives in a bin among its open days. */
    private void spread(int bin, CandidateDays days, double before, double after, double[] cumulative) {
        int first = support.first();
        int last = support.endOf(bin) - 1;
        double open = 0;
        for (int day = support.starts()[bin]; day < last; day++) {
            open += days.isOpenDay(day) ? support.shares()[day - first] : 0;
        }
        double all = open + support.shares()[last - first];
        double passed = 0;
        for (int day = support.starts()[bin]; day < last; day++) {
            passed += days.isOpenDay(day) ? support.shares()[day - first] : 0;
            cumulative[day - first] = 1 - before + (before - after) * passed / all;
        }
        cumulative[last - first] = 1 - after;
        // A bin that ends on a closed day has brought all by its last open one.
        for (int day = last; day > support.starts()[bin] && open > 0 && !days.isOpenDay(day); day--) {
            cumulative[day - 1 - first] = 1 - after;
        }
    }

    private static double probability(double score) {
        return 1 / (1 + StrictMath.exp(-score));
    }
}
