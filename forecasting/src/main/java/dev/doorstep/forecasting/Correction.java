package dev.doorstep.forecasting;

/**
 * Straight lines from what a model says to what that is worth.
 *
 * @param from probabilities of the model, ascending from 0 to 1
 * @param to what each is worth, ascending from 0 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // on the way of every answer
public record Correction(double[] from, double[] to) {
    /** Corrects ascending cumulative probabilities in place. */
    public void apply(double[] cumulative) {
        int knot = 1;
        for (int i = 0; i < cumulative.length; i++) {
            while (knot < from.length - 1 && cumulative[i] > from[knot]) {
                knot++;
            }
            if (cumulative[i] > 0) {
                cumulative[i] = between(cumulative[i], from, to, knot);
            }
        }
    }

    /** The model's probability that is worth so much. */
    public double position(double worth) {
        int knot = 1;
        while (knot < to.length - 1 && worth > to[knot]) {
            knot++;
        }
        return between(worth, to, from, knot);
    }

    private static double between(double value, double[] these, double[] those, int knot) {
        double share = (value - these[knot - 1]) / (these[knot] - these[knot - 1]);
        return those[knot - 1] + share * (those[knot] - those[knot - 1]);
    }
}
