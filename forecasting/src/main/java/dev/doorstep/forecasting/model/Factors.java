package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.Contribution.Factor;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which features tell of which factor. */
final class Factors {
    private Factors() {}

    /** For each factor that the features tell of, which of them do. */
    static Map<Factor, boolean[]> of(List<String> features) {
        Map<Factor, boolean[]> factors = new EnumMap<>(Factor.class);
        for (int i = 0; i < features.size(); i++) {
            Factor factor = factor(features.get(i));
            if (factor != null) {
                factors.computeIfAbsent(factor, _ -> new boolean[features.size()])[i] = true;
            }
        }
        return factors;
    }

    /** What a feature tells of; null of the days themselves, without which there is no forecast. */
    private static @Nullable Factor factor(String feature) {
        DayFeature day = DayFeature.ofName(feature);
        if (day != null) {
            return day.factor();
        }
        OrderFeature own = OrderFeature.ofName(feature);
        if (own != null) {
            return own.factor();
        }
        return feature.startsWith(ModelSchema.COLUMN_PREFIX) ? Factor.OTHER : Factor.DEMAND;
    }
}
