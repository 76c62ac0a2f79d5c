package dev.doorstep.watching.sequential;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Tests all the time whether the mean of bounded differences is above zero, of which only sums are known. The e-process is exp(λS − ψ(λ)V)
 * with ψ(λ) = (−ln(1 − cλ) − cλ)/c², S the sum and V the squared distances from a mean that was known before (Choe and Ramdas, Comparing
 * Sequential Forecasters, 2024, theorem 2), averaged over several λ. Immutable.
 *
 * @param logs logarithm of the e-process for each λ
 * @param count differences so far
 * @param sum of the differences, each divided by its bound
 */
public record MeanTest(List<Double> logs, long count, double sum) {
    /** Two values between −1 and 1 are no farther apart. */
    private static final double SPAN = 2;
    private static final double[] LAMBDAS = IntStream.of(1, 2, 5, 10, 20, 35, 50, 70, 90).mapToDouble(percent -> percent / 100.0 / SPAN)
            .toArray();

    public MeanTest {
        logs = List.copyOf(logs);
    }

    /** A test that has seen nothing. */
    public static MeanTest empty() {
        return new MeanTest(Mixture.start(LAMBDAS.length), 0, 0);
    }

    /**
     * The test after another window.
     *
     * @param n differences in it, each divided by its bound, −1 to 1; above zero speaks against the candidate
     * @param windowSum their sum
     * @param squares sum of their squares
     */
    public MeanTest with(long n, double windowSum, double squares) {
        double known = mean();
        double spread = Math.max(0, squares - 2 * known * windowSum + n * known * known);
        List<Double> next = Mixture.with(logs, i -> LAMBDAS[i] * windowSum - psi(LAMBDAS[i]) * spread);
        return new MeanTest(next, count + n, sum + windowSum);
    }

    /** Evidence that the mean is above zero: an e-value, 1 where nothing is known. */
    public double evidence() {
        return Mixture.evidence(logs);
    }

    /** The mean so far, in bounds; 0 where there is none. */
    public double mean() {
        return count == 0 ? 0 : sum / count;
    }

    private static double psi(double lambda) {
        double scaled = SPAN * lambda;
        return (-Math.log1p(-scaled) - scaled) / (SPAN * SPAN);
    }
}
