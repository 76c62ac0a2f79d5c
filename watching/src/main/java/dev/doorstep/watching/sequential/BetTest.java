package dev.doorstep.watching.sequential;

import java.util.List;

/**
 * Tests all the time whether the mean of bounded differences is above zero: someone who does not believe that it is not bets a share of
 * what they have on each difference, and how much they have is the evidence (Waudby-Smith and Ramdas, Estimating means of bounded random
 * variables by betting, 2023; for the scores of two forecasters Choe and Ramdas, Comparing Sequential Forecasters, 2024). Several shares
 * are bet side by side, and their average is an e-process as well: by Ville's inequality it exceeds 1/α with probability α at most, however
 * often one looks. Immutable.
 *
 * @param logs logarithm of what each share has made of 1
 * @param highest the largest evidence so far
 * @param count differences so far
 * @param sum of the differences, each divided by its bound
 */
public record BetTest(List<Double> logs, double highest, long count, double sum) {
    private static final double[] SHARES = {0.05, 0.15, 0.3, 0.5, 0.8};

    public BetTest {
        logs = List.copyOf(logs);
    }

    /** A test that has seen nothing. */
    public static BetTest empty() {
        return new BetTest(Mixture.start(SHARES.length), 1, 0, 0);
    }

    /**
     * The test after another difference.
     *
     * @param difference divided by its bound, −1 to 1; above zero speaks against the candidate
     */
    public BetTest with(double difference) {
        if (!(difference >= -1 && difference <= 1)) {
            throw new IllegalArgumentException("a difference must lie between -1 and 1: " + difference);
        }
        List<Double> next = Mixture.with(logs, i -> Math.log1p(SHARES[i] * difference));
        return new BetTest(next, Math.max(highest, Mixture.evidence(next)), count + 1, sum + difference);
    }

    /** Evidence that the mean is above zero: an e-value, 1 where nothing is known. */
    public double evidence() {
        return Mixture.evidence(logs);
    }

    /** The mean so far, in bounds; 0 where there is none. */
    public double mean() {
        return count == 0 ? 0 : sum / count;
    }
}
