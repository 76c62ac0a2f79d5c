package dev.doorstep.forecasting.promise;

/** The standard normal distribution, by {@link StrictMath} alone, so that every CPU computes the same bits. */
public final class Gaussian {
    private static final double HALF_LOG_TWO_PI = 0.9189385332046728;
    /** Beyond it, what is left is below a double's precision beside 1. */
    private static final double FAR = 8;

    private Gaussian() {}

    /** The density. */
    public static double density(double x) {
        return StrictMath.exp(-0.5 * x * x - HALF_LOG_TWO_PI);
    }

    /** The probability of a value up to {@code x} (Marsaglia, Evaluating the Normal Distribution, 2004), to 15 digits after the point. */
    public static double cumulative(double x) {
        if (x < -FAR) {
            return 0;
        }
        if (x > FAR) {
            return 1;
        }
        double sum = x;
        double before = 0;
        double term = x;
        for (int i = 3; sum != before; i += 2) {
            before = sum;
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * density(x);
    }

    /** The value up to which the probability is {@code p}, between 0 and 1; no farther from 0 than 8. */
    public static double quantile(double p) {
        double from = -FAR;
        double to = FAR;
        // Halved until no double lies between.
        for (double middle = 0; from < middle && middle < to; middle = from + (to - from) / 2) {
            if (cumulative(middle) < p) {
                from = middle;
            } else {
                to = middle;
            }
        }
        return to;
    }
}
