package dev.doorstep.forecasting.carriertable;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.forecasting.DayDistribution;

/**
 * Walks from the first day of preparing to delivery over three calendars.
 *
 * @param preparing probabilities of open days of preparing
 * @param transit probabilities of open days from collection to delivery
 */
@SuppressWarnings("ArrayRecordComponent") // a parameter object that lives for one forecast
record Walk(double[] preparing, double[] transit, OpenDays prepares, OpenDays pickup, OpenDays delivers) {

    /**
     * When it is delivered.
     *
     * @param preparationDay open day on which preparing starts
     * @param notBefore day before which nothing is delivered: the order's own, which may differ between the two time zones
     */
    DayDistribution from(long preparationDay, long notBefore) {
        long latestPickup = pickup.onOrAfter(prepares.after(preparationDay, preparing.length - 1));
        long last = Math.max(notBefore, delivers.after(delivers.onOrAfter(latestPickup), transit.length - 1));
        double[] days = new double[(int) (last - notBefore + 1)];
        long ready = preparationDay;
        for (int h = 0; h < preparing.length; h++) {
            if (h > 0) {
                ready = prepares.onOrAfter(ready + 1);
            }
            if (preparing[h] > 0) {
                spread(days, notBefore, pickup.onOrAfter(ready), preparing[h]);
            }
        }
        return new DayDistribution(notBefore, days);
    }

    long likelyPickup(long preparationDay) {
        int mode = 0;
        for (int h = 1; h < preparing.length; h++) {
            mode = preparing[h] > preparing[mode] ? h : mode;
        }
        return pickup.onOrAfter(prepares.after(preparationDay, mode));
    }

    private void spread(double[] days, long notBefore, long collected, double weight) {
        long day = transit[0] > 0 ? delivers.onOrAfter(collected) : collected;
        for (int t = 0; t < transit.length; t++) {
            if (t > 0) {
                day = delivers.onOrAfter(day + 1);
            }
            if (transit[t] > 0) {
                days[(int) (Math.max(day, notBefore) - notBefore)] += weight * transit[t];
            }
        }
    }
}
