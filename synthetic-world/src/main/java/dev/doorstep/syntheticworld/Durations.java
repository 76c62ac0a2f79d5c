package dev.doorstep.syntheticworld;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.statistics.distribution.GammaDistribution;

/** Whole days that something takes: a gamma distribution, rounded down. Thread-safe. */
final class Durations {
    private static final double TAIL = 1e-7;

    private final Map<Long, double[]> known = new ConcurrentHashMap<>();

    /**
     * Probabilities of 0, 1, 2 … days.
     *
     * @param mean of the gamma distribution; taken to the nearest hundredth, which is the world's own precision
     * @param shape of the gamma distribution: the larger, the narrower
     */
    double[] of(double mean, int shape) {
        long hundredths = Math.max(1, Math.round(mean * 100));
        return known.computeIfAbsent(hundredths * 100 + shape, _ -> make(hundredths / 100.0, shape));
    }

    private static double[] make(double mean, int shape) {
        GammaDistribution gamma = GammaDistribution.of(shape, mean / shape);
        int days = 1;
        while (gamma.survivalProbability(days) > TAIL) {
            days++;
        }
        double[] probabilities = new double[days];
        double before = 0;
        for (int i = 0; i < days; i++) {
            double upTo = i == days - 1 ? 1 : gamma.cumulativeProbability(i + 1);
            probabilities[i] = upTo - before;
            before = upTo;
        }
        return probabilities;
    }
}
