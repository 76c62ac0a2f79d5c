package dev.doorstep.watching.verdict;

/**
 * What became of an order that both models forecast.
 *
 * @param loss mean pinball loss of the active model's dates, days
 * @param candidateLoss of the candidate's
 * @param late whether the parcel came after the active model's date
 * @param candidateLate whether it came after the candidate's
 */
public record Pair(double loss, double candidateLoss, boolean late, boolean candidateLate) {}
