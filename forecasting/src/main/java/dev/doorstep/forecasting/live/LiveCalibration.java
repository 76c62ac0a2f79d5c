package dev.doorstep.forecasting.live;

import dev.doorstep.forecasting.Correction;
import java.time.LocalDate;
import java.util.Map;

/**
 * What a model's probabilities are worth by what came of its orders lately. Immutable and thread-safe.
 *
 * @param until last day of orders whose outcomes are in it
 * @param groups corrections by calibration group
 * @param all where a group has none
 */
public record LiveCalibration(LocalDate until, Map<String, Correction> groups, Correction all) {
    public LiveCalibration {
        groups = Map.copyOf(groups);
    }

    /** The correction of a group. */
    public Correction of(String group) {
        return groups.getOrDefault(group, all);
    }
}
