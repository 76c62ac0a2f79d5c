package dev.doorstep.forecasting.bundle;

import java.util.Map;

/**
 * What features looked like in training, for drift to be seen against: a file of each bundle.
 *
 * @param quantiles of each numeric feature, from 0 to 1 in twentieths; empty where it was always missing
 * @param shares of each category by name
 * @param missing share of missing values by feature
 */
public record DriftReference(Map<String, double[]> quantiles, Map<String, Map<String, Double>> shares, Map<String, Double> missing) {
    /** Its name in the bundle. */
    public static final String FILE = "drift.json";
}
