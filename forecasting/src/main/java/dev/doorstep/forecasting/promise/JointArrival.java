package dev.doorstep.forecasting.promise;

import dev.doorstep.forecasting.DayDistribution;
import java.util.List;

/**
 * When the last of several parcels arrives: their distributions joined by a one-factor Gaussian copula (Li, On Default Correlation, 2000).
 * What they share, such as weather, season and carrier, is one normal variable; given it they are independent. The result lies within the
 * Fréchet bounds: no surer than the least sure parcel, no less sure than if their misses never met.
 */
public final class JointArrival {
    /** The integrand is smooth and gone at both ends, where the trapezoidal rule is exact to far more digits than are shown. */
    private static final double STEP = 0.125;
    private static final int STEPS_EACH_SIDE = 56;

    private JointArrival() {}

    /**
     * The distribution of the last arrival.
     *
     * @param parcels one or more
     * @param correlation of any two of them, 0 (independent) to below 1
     */
    public static DayDistribution of(List<DayDistribution> parcels, double correlation) {
        if (!(correlation >= 0 && correlation < 1)) {
            throw new IllegalArgumentException("correlation must lie between 0 and 1: " + correlation);
        }
        if (parcels.size() == 1) {
            return parcels.getFirst();
        }
        long first = parcels.stream().mapToLong(DayDistribution::firstDay).max().orElseThrow();
        long last = parcels.stream().mapToLong(DayDistribution::lastDay).max().orElseThrow();
        double[] probabilities = new double[(int) (last - first + 1)];
        double before = 0;
        for (int i = 0; i < probabilities.length; i++) {
            double[] each = new double[parcels.size()];
            for (int parcel = 0; parcel < each.length; parcel++) {
                each[parcel] = parcels.get(parcel).cumulative(first + i);
            }
            double reached = Math.max(before, joint(each, correlation));
            probabilities[i] = reached - before;
            before = reached;
        }
        return new DayDistribution(first, probabilities);
    }

    /** The probability that all of some events happen. */
    static double joint(double[] probabilities, double correlation) {
        double least = 1;
        double misses = 0;
        double[] thresholds = new double[probabilities.length];
        for (int i = 0; i < probabilities.length; i++) {
            least = Math.min(least, probabilities[i]);
            misses += 1 - probabilities[i];
            thresholds[i] = Gaussian.quantile(probabilities[i]);
        }
        if (least == 0 || misses == 0) {
            return least;
        }
        double shared = Math.sqrt(correlation);
        double own = Math.sqrt(1 - correlation);
        double sum = 0;
        double weights = 0;
        for (int step = -STEPS_EACH_SIDE; step <= STEPS_EACH_SIDE; step++) {
            double factor = step * STEP;
            double weight = Gaussian.density(factor);
            weights += weight;
            double all = weight;
            for (int i = 0; i < thresholds.length; i++) {
                all *= probabilities[i] == 1 ? 1 : Gaussian.cumulative((thresholds[i] - shared * factor) / own);
            }
            sum += all;
        }
        return Math.max(1 - misses, Math.min(least, sum / weights));
    }
}
