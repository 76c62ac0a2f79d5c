package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes the rows of a training, for drift to be seen against. */
final class DriftReferences {
    private static final int STEPS = 20;
    /** A weekday of a season with fewer orders has no reference of its own. */
    private static final int LEAST_ORDERS = 500;

    private DriftReferences() {}

    /**
     * Describes all rows, and those of each weekday and season.
     *
     * @param orders that the rows are of, in their order
     */
    static DriftReference of(double[][] rows, List<Prepared> orders, ModelSchema schema) {
        Map<String, List<double[]>> byDay = new TreeMap<>();
        for (int i = 0; i < rows.length; i++) {
            byDay.computeIfAbsent(DriftReference.weekdayAndSeason(LocalDate.ofInstant(orders.get(i).order().instant(), ZoneOffset.UTC)),
                    _ -> new ArrayList<>()).add(rows[i]);
        }
        Map<String, DriftReference> matched = new TreeMap<>();
        byDay.forEach((day, some) -> {
            if (some.size() >= LEAST_ORDERS) {
                matched.put(day, described(some.toArray(double[][]::new), schema, null));
            }
        });
        return described(rows, schema, matched);
    }

    private static DriftReference described(double[][] rows, ModelSchema schema, @Nullable Map<String, DriftReference> matched) {
        Map<String, double[]> quantiles = new LinkedHashMap<>();
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        Map<String, Double> missing = new LinkedHashMap<>();
        for (String name : schema.watched()) {
            int column = schema.names().indexOf(name);
            double[] known = Arrays.stream(rows).mapToDouble(row -> row[column]).filter(value -> !Double.isNaN(value)).sorted().toArray();
            missing.put(name, rounded(1 - (double) known.length / rows.length));
            List<String> categories = schema.categories().get(name);
            if (categories != null) {
                Map<String, Double> byName = new TreeMap<>();
                for (double value : known) {
                    byName.merge(categories.get((int) value), 1.0, Double::sum);
                }
                byName.replaceAll((_, count) -> rounded(count / rows.length));
                shares.put(name, byName);
            } else {
                double[] steps = new double[known.length == 0 ? 0 : STEPS + 1];
                for (int step = 0; step < steps.length; step++) {
                    steps[step] = rounded(known[(int) ((known.length - 1) * (long) step / STEPS)]);
                }
                quantiles.put(name, steps);
            }
        }
        return new DriftReference(quantiles, shares, missing, matched);
    }

    /** As precise as what is seen in service, and half as long. */
    private static double rounded(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }
}
