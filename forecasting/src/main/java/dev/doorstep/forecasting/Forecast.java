package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * On which day a parcel arrives.
 *
 * @param delivery distribution over the days of the destination
 * @param orderBy the cut-off up to which this holds
 * @param preparationDay day (at the origin) on which preparing starts
 * @param likelyPickupDay most probable day (at the origin) of collection
 * @param model what made it
 * @param calibration what the corrections of the model rest on, or null where there is none
 * @param reasons why, in the order of {@link ReasonCode}
 */
public record Forecast(DayDistribution delivery, Instant orderBy, long preparationDay, long likelyPickupDay, Basis basis,
        PredictionAnswer.Model model, @Nullable CalibrationGroup calibration, Set<ReasonCode> reasons) {
    /**
     * The past deliveries that a forecast was calibrated on.
     *
     * @param group key of the lane or region, or {@code all}
     * @param count how many
     * @param live what outcomes said since, or null where nothing is known of it
     */
    public record CalibrationGroup(String group, int count, @Nullable Correction live) {}
}
