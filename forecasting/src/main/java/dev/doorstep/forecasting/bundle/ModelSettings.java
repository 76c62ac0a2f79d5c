package dev.doorstep.forecasting.bundle;

import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.Support;
import java.time.ZoneId;

/**
 * How a bundle's model is to be used.
 *
 * @param zone where days are counted
 * @param anchor what days are counted from
 * @param oldestHistoryDays a history that is older counts as this old
 * @param earliestOpenDay nothing arrives with fewer open days than this since preparing could start
 * @param support the days forecast over
 * @param clocks calendars that open days were counted on
 * @param timeOfDay when in a day deliveries are: quantiles from 0 to 1, each a share of the day
 */
@SuppressWarnings("ArrayRecordComponent") // read once from a bundle, compared by its digest
public record ModelSettings(ZoneId zone, Anchor anchor, double oldestHistoryDays, int earliestOpenDay, Support support,
        Clocks.Definition clocks, double[] timeOfDay) {
    /** Working memory for one thread's orders. */
    public CandidateDays candidateDays() {
        return new CandidateDays(support, earliestOpenDay);
    }
}
