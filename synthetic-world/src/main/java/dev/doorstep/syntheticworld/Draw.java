package dev.doorstep.syntheticworld;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/** A stream of random numbers of its own for each part of the world, so that a change in one leaves the others alone. Not thread-safe. */
final class Draw {
    private final RandomGenerator random;

    Draw(long seed, String part) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003 + part.hashCode());
    }

    double uniform() {
        return random.nextDouble();
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** A factor around 1, lognormal. */
    double factor(double sigma) {
        return StrictMath.exp(sigma * gaussian());
    }

    /** By inversion, so that one number is drawn for each. */
    int index(double[] cumulative) {
        double at = random.nextDouble() * cumulative[cumulative.length - 1];
        int low = 0;
        int high = cumulative.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] <= at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Poisson, by multiplication (Knuth), in steps that do not underflow. */
    int poisson(double mean) {
        int count = 0;
        double left = mean;
        while (left > 0) {
            double limit = StrictMath.exp(-Math.min(left, 500));
            left -= 500;
            for (double product = random.nextDouble(); product > limit; product *= random.nextDouble()) {
                count++;
            }
        }
        return count;
    }

    private double gaussian() {
        // Not nextGaussian(): its algorithm is left to the platform.
        double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        return radius * StrictMath.cos(2 * StrictMath.PI * random.nextDouble());
    }

    /** Running sums of weights, as {@link #index} takes them. */
    static double[] cumulative(double[] weights) {
        double[] sums = new double[weights.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            sums[i] = sum;
        }
        return sums;
    }
}
