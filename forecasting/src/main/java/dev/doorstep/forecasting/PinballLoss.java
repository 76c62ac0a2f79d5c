package dev.doorstep.forecasting;

/** The loss by which quantiles are judged (Koenker and Bassett, Regression Quantiles, 1978). */
public final class PinballLoss {
    private PinballLoss() {}

    /**
     * The loss of one quantile.
     *
     * @param level of the quantile, 0 to 1
     * @param later by how much what happened lies above it, such as days; negative below it
     * @return in the same unit, 0 or more
     */
    public static double of(double level, double later) {
        return Math.max(level * later, (level - 1) * later);
    }
}
