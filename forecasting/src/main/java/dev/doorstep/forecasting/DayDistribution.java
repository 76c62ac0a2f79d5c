package dev.doorstep.forecasting;

import java.util.Arrays;

/**
 * On which day something happens: a probability for each of consecutive days, adding up to 1. Days are epoch days. Immutable.
 */
public final class DayDistribution {
    private static final double SUM_TOLERANCE = 1e-9;

    private final long firstDay;
    private final double[] cumulative;

    /**
     * Creates a distribution.
     *
     * @param firstDay day of the first probability
     * @param probabilities each 0 or more, together 1 within 1e-9
     */
    public DayDistribution(long firstDay, double... probabilities) {
        int from = 0;
        while (from < probabilities.length - 1 && probabilities[from] == 0) {
            from++;
        }
        int to = probabilities.length;
        while (to > from + 1 && probabilities[to - 1] == 0) {
            to--;
        }
        this.firstDay = firstDay + from;
        this.cumulative = new double[to - from];
        double sum = 0;
        for (int i = from; i < to; i++) {
            if (!(probabilities[i] >= 0)) {
                throw new IllegalArgumentException("probability of day " + i + " is negative or not a number: " + probabilities[i]);
            }
            sum += probabilities[i];
            cumulative[i - from] = sum;
        }
        if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
            throw new IllegalArgumentException("probabilities must add up to 1: " + sum);
        }
        cumulative[cumulative.length - 1] = 1;
    }

    /** The earliest day with a probability above 0. */
    public long firstDay() {
        return firstDay;
    }

    /** The latest day with a probability above 0. */
    public long lastDay() {
        return firstDay + cumulative.length - 1;
    }

    /** The probability that it has happened by the end of the day. */
    public double cumulative(long day) {
        if (day < firstDay) {
            return 0;
        }
        return day >= lastDay() ? 1 : cumulative[(int) (day - firstDay)];
    }

    /** The probability that it happens on the day. */
    public double probability(long day) {
        return cumulative(day) - cumulative(day - 1);
    }

    /** The first day by whose end it has happened with at least the given probability (0 to 1). */
    public long quantile(double probability) {
        for (int i = 0; i < cumulative.length; i++) {
            if (cumulative[i] >= probability && cumulative[i] > 0) {
                return firstDay + i;
            }
        }
        return lastDay();
    }

    /** The single most probable day, the earliest where several are. */
    public long mode() {
        long best = firstDay;
        for (long day = firstDay; day <= lastDay(); day++) {
            if (probability(day) > probability(best)) {
                best = day;
            }
        }
        return best;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DayDistribution that && firstDay == that.firstDay && Arrays.equals(cumulative, that.cumulative);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(firstDay) + Arrays.hashCode(cumulative);
    }

    @Override
    public String toString() {
        return "DayDistribution[" + firstDay + ", cumulative=" + Arrays.toString(cumulative) + "]";
    }
}
