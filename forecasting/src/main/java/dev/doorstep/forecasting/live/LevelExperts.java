package dev.doorstep.forecasting.live;

import dev.doorstep.forecasting.PinballLoss;
import java.util.Arrays;

/**
 * Follows one level of a distribution by DtACI (Gibbs and Candès, Conformal Inference for Online Prediction with Arbitrary Distribution
 * Shifts, 2024, algorithm 1): experts that learn at different speeds, each weighted by how well it did. The paper has one outcome a step;
 * a store has a day's at once, so the level is read at the mean over the day, which is quieter and by convexity no worse. Immutable and
 * thread-safe.
 *
 * @param position the model's own probability at which the level is to be read; may lie a little outside 0 to 1, as those of experts may
 * @param positions the same of each expert
 * @param weights of the experts, adding up to 1
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record LevelExperts(double position, double[] positions, double[] weights) {
    /** Step sizes: the paper's and two smaller ones, since a store has more outcomes than the paper's markets have days. */
    private static final double[] STEPS = {0.00025, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128};
    /** Length of the stretch that rates are tuned for, outcomes; 500 days in the paper. */
    private static final int STRETCH = 2_000;
    /** What of all weight is dealt out evenly after each outcome, so that no expert is ever lost. */
    private static final double DEALT = 1.0 / (2 * STRETCH);

    LevelExperts {
        if (positions.length != STEPS.length || weights.length != STEPS.length) {
            throw new IllegalArgumentException("there are " + STEPS.length + " experts, not " + positions.length);
        }
    }

    /** Experts that have seen nothing: each reads a level where it is. */
    static LevelExperts of(double level) {
        double[] positions = new double[STEPS.length];
        double[] weights = new double[STEPS.length];
        Arrays.fill(positions, level);
        Arrays.fill(weights, 1.0 / STEPS.length);
        return new LevelExperts(level, positions, weights);
    }

    /**
     * The same after a day's outcomes.
     *
     * @param level that is followed
     * @param outcomes where each fell in its forecast, 0 to 1, in order; one or more
     */
    LevelExperts after(double level, double... outcomes) {
        double[] nextPositions = positions.clone();
        double[] nextWeights = weights.clone();
        double rate = rate(level);
        double read = 0;
        for (double outcome : outcomes) {
            double sum = 0;
            for (int i = 0; i < STEPS.length; i++) {
                nextWeights[i] *= StrictMath.exp(-rate * PinballLoss.of(level, outcome - nextPositions[i]));
                sum += nextWeights[i];
                nextPositions[i] += STEPS[i] * ((outcome > nextPositions[i] ? 1 : 0) - (1 - level));
            }
            for (int i = 0; i < STEPS.length; i++) {
                nextWeights[i] = (1 - DEALT) * nextWeights[i] / sum + DEALT / STEPS.length;
                read += nextWeights[i] * nextPositions[i];
            }
        }
        return new LevelExperts(read / outcomes.length, nextPositions, nextWeights);
    }

    /** How fast weights follow losses (section 3 of the paper). */
    private static double rate(double level) {
        double miss = 1 - level;
        double spread = level * level * miss * miss * miss + miss * miss * level * level * level;
        return StrictMath.sqrt(3.0 / STRETCH) * StrictMath.sqrt((StrictMath.log(STRETCH * STEPS.length) + 2) / spread);
    }
}
