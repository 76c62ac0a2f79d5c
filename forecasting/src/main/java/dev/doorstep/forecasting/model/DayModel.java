package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.forest.Forest;

/** Makes a distribution over the days of a support from an order's features. Implementations are thread-safe. */
public interface DayModel {
    /** A thread's working memory. */
    Forest.Scratch scratch();

    /**
     * Makes the distribution.
     *
     * @param row the order's features in the order of the schema; day features in it are overwritten
     * @param days the order's calendar
     * @param cumulative takes for each day of the support the probability that it has arrived by its end
     */
    void cumulative(double[] row, CandidateDays days, Forest.Scratch scratch, double[] cumulative);
}
