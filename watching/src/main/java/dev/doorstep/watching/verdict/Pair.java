package dev.doorstep.watching.verdict;

/**
 * What became of an order that both models forecast.
 *
 * @param confidence that the dates were to hold with
 * @param loss mean pinball loss of the active model's dates, days
 * @param candidateLoss of the candidate's
 * @param late whether the parcel came after the active model's date
 * @param candidateLate whether it came after the candidate's
 */
public record Pair(double confidence, double loss, double candidateLoss, boolean late, boolean candidateLate) {
    /** The same with the candidate as the active model. */
    public Pair swapped() {
        return new Pair(confidence, candidateLoss, loss, candidateLate, late);
    }
}
