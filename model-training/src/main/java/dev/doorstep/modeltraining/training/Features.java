package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.DayFeature;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.ModelSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Keeps the features that say something. */
final class Features {
    private static final Set<String> BY_DAY = Arrays.stream(DayFeature.values()).map(DayFeature::featureName)
            .collect(Collectors.toUnmodifiableSet());

    private Features() {}

    /** The features that have more than one value, a missing one counting as one. */
    static ModelSchema varying(ModelSchema schema, double[][] rows, Set<History.Kind> fewEntities, boolean severalYears) {
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < schema.names().size(); i++) {
            int column = i;
            String name = schema.names().get(i);
            if (fewEntities.stream().anyMatch(kind -> name.startsWith(kind.name().toLowerCase(Locale.ROOT) + "_")
                    && Arrays.stream(History.Stat.values()).anyMatch(stat -> name.endsWith("_" + stat.name().toLowerCase(Locale.ROOT))))
                    || (!severalYears && (name.endsWith("day_of_year") || name.endsWith("day_of_month")))) {
                continue;
            }
            double first = rows[0][column];
            boolean varies = Arrays.stream(rows).anyMatch(row -> Double.compare(row[column], first) != 0);
            if (varies || BY_DAY.contains(schema.names().get(column))) {
                kept.add(schema.names().get(column));
            }
        }
        return schema.withOnly(kept);
    }

    /** The columns of a narrower schema. */
    static double[][] columns(double[][] rows, ModelSchema from, ModelSchema to) {
        int[] columns = to.names().stream().mapToInt(name -> from.names().indexOf(name)).toArray();
        double[][] picked = new double[rows.length][columns.length];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < columns.length; j++) {
                picked[i][j] = rows[i][columns[j]];
            }
        }
        return picked;
    }
}
