package dev.doorstep.forecasting.bundle;

import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.Support;
import java.time.ZoneId;

/**
 * How a bundle's model is to be used.
 *
 * @param zone where days are counted
 * @param anchor {@code orderedAt} or {@code promisedAt}: the instant that days are counted from
 * @param oldestHistoryDays a history that is older counts as this old
 * @param earliestOpenDay nothing arrives with fewer open days than this since preparing could start
 * @param support the days forecast over
 * @param clocks calendars that open days were counted on
 * @param timeOfDay when in a day deliveries are: quantiles from 0 to 1, each a share of the day
 */
@SuppressWarnings("ArrayRecordComponent") // read once from a bundle, compared by its digest
public record ModelSettings(ZoneId zone, String anchor, double oldestHistoryDays, int earliestOpenDay, Support support,
        Clocks.Definition clocks, double[] timeOfDay) {
    /** Days are counted from the order. */
    public static final String ORDERED_AT = "orderedAt";
    /** Days are counted from the merchant's promise. */
    public static final String PROMISED_AT = "promisedAt";
}
