package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.prediction.Basis;
import java.time.Instant;
import java.util.Set;

/**
 * On which day a parcel arrives.
 *
 * @param delivery distribution over the days of the destination
 * @param orderBy the cut-off up to which this holds
 * @param preparationDay day (at the origin) on which preparing starts
 * @param likelyPickupDay most probable day (at the origin) of collection
 * @param reasons why, in the order of {@link ReasonCode}
 */
public record Forecast(DayDistribution delivery, Instant orderBy, long preparationDay, long likelyPickupDay, Basis basis,
        Set<ReasonCode> reasons) {}
