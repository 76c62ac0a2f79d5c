package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.orders.Prepared;

/**
 * What forecasts of one delivered order are measured against.
 *
 * @param timeOfDay quantiles of the time of day of deliveries, as shares of the day
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Outcome(Prepared order, FeatureEncoder encoder, Support support, double[] timeOfDay) {

    /** Days from the anchor's day to the day of delivery. */
    public int offset() {
        return order.offset();
    }

    /** A quantile of a distribution over days, in days since the anchor on the continuous clock. */
    double continuous(double[] cumulative, double level) {
        int day = 0;
        while (day < cumulative.length - 1 && cumulative[day] < level) {
            day++;
        }
        double before = day == 0 ? 0 : cumulative[day - 1];
        double mass = cumulative[day] - before;
        double share = mass <= 0 ? 1 : Math.clamp((level - before) / mass, 0, 1);
        double position = share * (timeOfDay.length - 1);
        int below = Math.min(timeOfDay.length - 2, (int) position);
        double time = timeOfDay[below] + (position - below) * (timeOfDay[below + 1] - timeOfDay[below]);
        return encoder.startOf(order.order().facts(), support.first() + day) + time;
    }
}
