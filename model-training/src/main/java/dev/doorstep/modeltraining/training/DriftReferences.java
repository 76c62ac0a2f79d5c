package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.model.ModelSchema;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes the rows of a training, for drift to be seen against. */
final class DriftReferences {
    private static final int STEPS = 200;
    /** A weekday of a season with fewer orders has no reference of its own. */
    private static final int LEAST_ORDERS = 500;
    /** Nor has one that was seen on fewer days: most seasons have thirteen. */
    private static final int LEAST_DAYS = 8;
    /** Nor has a category there with fewer orders to each of its names: chance alone would be far from all others. */
    private static final int LEAST_ORDERS_OF_NAME = 100;

    private DriftReferences() {}

    /**
     * Describes all rows, and those of each weekday and season; the latter without what is known of earlier deliveries, which grows over the
     * time of the file and would make its first season unlike any to come.
     *
     * @param instants of the orders that the rows are of, in their order
     */
    static DriftReference of(double[][] rows, List<Instant> instants, ModelSchema schema) {
        Map<String, List<double[]>> byDay = new TreeMap<>();
        Map<String, Set<LocalDate>> seen = new HashMap<>();
        for (int i = 0; i < rows.length; i++) {
            LocalDate date = LocalDate.ofInstant(instants.get(i), ZoneOffset.UTC);
            String day = DriftReference.weekdayAndSeason(date);
            byDay.computeIfAbsent(day, _ -> new ArrayList<>()).add(rows[i]);
            seen.computeIfAbsent(day, _ -> new HashSet<>()).add(date);
        }
        Map<String, DriftReference> matched = new TreeMap<>();
        byDay.forEach((day, some) -> {
            if (some.size() >= LEAST_ORDERS && seen.getOrDefault(day, Set.of()).size() >= LEAST_DAYS) {
                List<String> features = schema.seasonal().stream().filter(name -> some.size() >= LEAST_ORDERS_OF_NAME
                        * schema.categories().getOrDefault(name, List.of()).size()).toList();
                matched.put(day, described(some.toArray(double[][]::new), schema, features, null, null));
            }
        });
        return described(rows, schema, schema.watched(), (long) rows.length, matched);
    }

    private static DriftReference described(double[][] rows, ModelSchema schema, List<String> features,
            @Nullable Long orders, @Nullable Map<String, DriftReference> matched) {
        Map<String, double[]> quantiles = new LinkedHashMap<>();
        Map<String, Map<String, Double>> shares = new LinkedHashMap<>();
        Map<String, Double> missing = new LinkedHashMap<>();
        for (String name : features) {
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
        return new DriftReference(quantiles, shares, missing, orders, matched);
    }

    /** As precise as what is seen in service, and half as long. */
    private static double rounded(double value) {
        return Double.parseDouble(Float.toString((float) value));
    }
}
