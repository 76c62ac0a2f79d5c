package dev.doorstep.modeltraining.evaluation;

/**
 * What a forecaster's confidence dial does: at rising confidences, how many orders are late and how many days are promised.
 *
 * @param lateRates share of orders that came after the promised day, falling
 * @param days average promised days, rising
 */
@SuppressWarnings("ArrayRecordComponent") // drawn, never compared
public record Curves(double[] lateRates, double[] days) {
    /** The curves of a score. */
    public static Curves of(Score score) {
        return new Curves(score.lateRates(), score.averageDays());
    }
}
