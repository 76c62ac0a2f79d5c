package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.model.ModelSchema;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Describes the rows of a training, for drift to be seen against. */
final class DriftReferences {
    private static final int STEPS = 20;

    private DriftReferences() {}

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
