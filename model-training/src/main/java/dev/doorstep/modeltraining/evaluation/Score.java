package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.forecasting.PinballLoss;
import dev.doorstep.modeltraining.orders.Arrival;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up how good one forecaster was. Not thread-safe. */
public final class Score {
    /** The levels that metrics are given at. */
    static final double[] LEVELS = {0.5, 0.8, 0.9, 0.95};
    /** The confidence of promises. */
    public static final double CONFIDENCE = 0.9;
    /** Confidences that a merchant can dial: late rate and promised days are known at each. */
    static final double[] DIAL = dial();

    private final double[] coverage = new double[LEVELS.length];
    private final double[] trueCoverage = new double[LEVELS.length];
    private final double[] pinball = new double[LEVELS.length];
    private final double[] late = new double[DIAL.length];
    private final double[] days = new double[DIAL.length];
    private final Map<String, double[]> months = new TreeMap<>();
    private double rps;
    private double trueRps;
    private int truths;
    private double lateRate;
    private double promisedDays;
    private double exact;
    private double near;
    private double early;
    private double width;
    private int rows;

    private static double[] dial() {
        double[] dial = new double[209];
        for (int i = 0; i < 199; i++) {
            dial[i] = (i + 1) / 200.0;
        }
        for (int i = 199; i < dial.length; i++) {
            dial[i] = 0.995 + (i - 198) * 0.00045;
        }
        return dial;
    }

    /**
     * Adds a forecast.
     *
     * @param cumulative for each day of the support the probability of having arrived by its end
     * @param quantiles the forecast's quantiles at {@link #LEVELS} in days since the anchor, or null for those of the distribution
     * @param truth the true cumulative probabilities over the same days, or null
     */
    public void add(double[] cumulative, Outcome outcome, double @Nullable [] quantiles, double @Nullable [] truth) {
        int first = outcome.support().first();
        int arrived = outcome.offset() - first;
        Arrival arrival = Arrival.of(cumulative, arrived);
        for (int i = 0; i < LEVELS.length; i++) {
            coverage[i] += arrival.shareBelow(LEVELS[i]);
            double quantile = quantiles == null ? outcome.continuous(cumulative, LEVELS[i]) : quantiles[i];
            addLoss(i, quantile, outcome);
        }
        rps += Math.max(0, -arrived) + Math.max(0, arrived - cumulative.length);
        for (int day = 0; day < cumulative.length; day++) {
            double miss = cumulative[day] - (arrived <= day ? 1 : 0);
            rps += miss * miss;
        }
        if (truth != null) {
            addTruth(cumulative, truth);
        }
        for (int i = 0, day = 0; i < DIAL.length; i++) {
            while (day < cumulative.length - 1 && cumulative[day] < DIAL[i]) {
                day++;
            }
            late[i] += arrived > day ? 1 : 0;
            days[i] += first + day;
        }
        int promised = quantile(cumulative, CONFIDENCE);
        int likely = mode(cumulative);
        width += promised - quantile(cumulative, 1 - CONFIDENCE);
        addDays(outcome.offset(), first + promised, first + likely);
    }

    /**
     * Adds a promise, which is a day and says nothing of the others.
     *
     * @param offset days from the anchor's day to the promised one, in the support or beyond it
     * @param promised days since the anchor, continuous
     * @param cumulative the same over the support, for the truth to be held against
     */
    void addPromise(int offset, double promised, double[] cumulative, Outcome outcome, double @Nullable [] truth) {
        int miss = outcome.offset() - offset;
        for (int i = 0; i < LEVELS.length; i++) {
            coverage[i] += miss < 0 ? 1 : miss == 0 ? LEVELS[i] : 0;
            addLoss(i, promised, outcome);
        }
        rps += Math.abs(miss);
        if (truth != null) {
            addTruth(cumulative, truth);
        }
        for (int i = 0; i < DIAL.length; i++) {
            late[i] += miss > 0 ? 1 : 0;
            days[i] += offset;
        }
        addDays(outcome.offset(), offset, offset);
    }

    /** A row, by days from the anchor's. */
    private void addDays(int arrived, int promised, int likely) {
        lateRate += arrived > promised ? 1 : 0;
        promisedDays += promised;
        exact += arrived == likely ? 1 : 0;
        near += Math.abs(arrived - likely) <= 1 ? 1 : 0;
        early += arrived <= promised - 2 ? 1 : 0;
        rows++;
    }

    private void addLoss(int level, double quantile, Outcome outcome) {
        double loss = PinballLoss.of(LEVELS[level], outcome.order().continuousDays() - quantile);
        pinball[level] += loss;
        if (LEVELS[level] == CONFIDENCE) {
            double[] month = months.computeIfAbsent(outcome.order().order().facts().anchor().toString().substring(0, 7),
                    _ -> new double[2]);
            month[0] += loss;
            month[1]++;
        }
    }

    private void addTruth(double[] cumulative, double[] truth) {
        for (int day = 0; day < cumulative.length; day++) {
            double miss = cumulative[day] - truth[day];
            trueRps += miss * miss + truth[day] * (1 - truth[day]);
            Arrival arrival = Arrival.of(cumulative, day);
            double mass = truth[day] - (day == 0 ? 0 : truth[day - 1]);
            for (int i = 0; i < LEVELS.length; i++) {
                trueCoverage[i] += mass * arrival.shareBelow(LEVELS[i]);
            }
        }
        truths++;
    }

    private static int quantile(double[] cumulative, double level) {
        int day = 0;
        while (day < cumulative.length - 1 && cumulative[day] < level) {
            day++;
        }
        return day;
    }

    private static int mode(double[] cumulative) {
        int best = 0;
        double most = cumulative[0];
        for (int day = 1; day < cumulative.length; day++) {
            double mass = cumulative[day] - cumulative[day - 1];
            if (mass > most + 1e-12) {
                best = day;
                most = mass;
            }
        }
        return best;
    }

    /** Sum and count of the pinball losses at the confidence of promises, by the anchor's month. */
    Map<String, double[]> months() {
        return months;
    }

    public int rows() {
        return rows;
    }

    /** The metrics so far. */
    public Metrics metrics() {
        return new Metrics(rows, byLevel(coverage, rows), byLevel(pinball, rows), rps / rows, lateRate / rows, promisedDays / rows,
                exact / rows, near / rows, early / rows, width / rows, truths == 0 ? null : (Double) (trueRps / truths),
                truths == 0 ? null : byLevel(trueCoverage, truths));
    }

    /** Late rates by {@link #DIAL}, falling. */
    double[] lateRates() {
        return divided(late);
    }

    /** Average promised days by {@link #DIAL}, rising. */
    double[] averageDays() {
        return divided(days);
    }

    /**
     * The average promised days at which this forecaster would be late at a rate; between two confidences, a mixture of them. Not a number
     * where it is never so rarely late.
     */
    double daysAtLateRate(double rate) {
        double[] rates = lateRates();
        double[] averages = averageDays();
        for (int i = 0; i < rates.length; i++) {
            if (rates[i] <= rate) {
                if (i == 0 || rates[i - 1] == rates[i]) {
                    return averages[i];
                }
                double share = (rates[i - 1] - rate) / (rates[i - 1] - rates[i]);
                return averages[i - 1] + share * (averages[i] - averages[i - 1]);
            }
        }
        return Double.NaN;
    }

    private double[] divided(double[] sums) {
        double[] means = sums.clone();
        for (int i = 0; i < means.length; i++) {
            means[i] /= rows;
        }
        return means;
    }

    private static Map<String, Double> byLevel(double[] sums, int count) {
        Map<String, Double> values = new TreeMap<>();
        for (int i = 0; i < LEVELS.length; i++) {
            values.put(Double.toString(LEVELS[i]), sums[i] / count);
        }
        return values;
    }
}
