package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.forest.Forest;

/**
 * A forest that forecasts a number of days, made a distribution by what it missed by in the past: F(d) is the share of misses that would
 * have brought the delivery by the end of day d. Immutable and thread-safe.
 */
public final class PointModel implements DayModel {
    private final Forest forest;
    private final Forest.Plan plan;
    private final Support support;
    private final double[] missed;

    /**
     * Creates a model.
     *
     * @param missed outcome less forecast, in days, ascending, at equal steps of probability
     */
    public PointModel(Forest forest, Support support, double[] missed) {
        this.forest = forest;
        this.plan = forest.plan();
        this.support = support;
        this.missed = missed.clone();
    }

    @Override
    public Forest.Scratch scratch() {
        return forest.scratch();
    }

    @Override
    public void cumulative(double[] row, CandidateDays days, Forest.Scratch scratch, double[] cumulative) {
        plan.fix(row, scratch);
        double forecast = plan.score(row, scratch);
        int next = 0;
        double reached = 0;
        for (int bin = 0; bin < support.bins(); bin++) {
            for (int day = support.starts()[bin]; day < support.endOf(bin); day++) {
                while (next < missed.length && forecast + missed[next] < day + 0.5) {
                    next++;
                }
                if (days.isOpen(bin)) {
                    reached = (double) next / missed.length;
                }
                cumulative[day - support.first()] = bin >= days.lastOpen() && day == support.endOf(bin) - 1 ? 1 : reached;
            }
        }
        for (int day = support.endOf(days.lastOpen()) - support.first(); day < cumulative.length; day++) {
            cumulative[day] = 1;
        }
    }
}
