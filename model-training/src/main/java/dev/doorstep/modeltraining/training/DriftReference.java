package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.ModelSchema;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What features looked like in training, for drift to be seen against.
 *
 * @param quantiles of each numeric feature, from 0 to 1 in twentieths; empty where it was always missing
 * @param shares of each category by name
 * @param missing share of missing values by feature
 */
record DriftReference(Map<String, double[]> quantiles, Map<String, Map<String, Double>> shares, Map<String, Double> missing) {
    static final String FILE = "drift.json";
    private static final int STEPS = 20;

    static DriftReference of(double[][] rows, ModelSchema schema) {
        Map<String, double[]> quantiles = new LinkedHashMap<>();
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        Map<String, Double> missing = new LinkedHashMap<>();
        for (int i = 0; i < schema.names().size(); i++) {
            int column = i;
            String name = schema.names().get(i);
            double[] known = Arrays.stream(rows).mapToDouble(row -> row[column]).filter(value -> !Double.isNaN(value)).sorted().toArray();
            missing.put(name, 1 - (double) known.length / rows.length);
            if (schema.categories().containsKey(name)) {
                Map<String, Double> byName = new TreeMap<>();
                for (double value : known) {
                    byName.merge(java.util.Objects.requireNonNull(schema.categories().get(name)).get((int) value), 1.0 / rows.length,
                            Double::sum);
                }
                shares.put(name, byName);
            } else {
                double[] steps = new double[known.length == 0 ? 0 : STEPS + 1];
                for (int step = 0; step < steps.length; step++) {
                    steps[step] = known[(int) ((known.length - 1) * (long) step / STEPS)];
                }
                quantiles.put(name, steps);
            }
        }
        return new DriftReference(quantiles, shares, missing);
    }
}
