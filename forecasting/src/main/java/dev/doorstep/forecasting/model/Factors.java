package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.Contribution.Factor;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which features tell of which factor. */
final class Factors {
    private static final String ORIGIN_QUEUE = History.Kind.ORIGIN.name().toLowerCase(Locale.ROOT) + "_";
    private static final Set<String> DEMAND = Set.of("sku_surge", OrderFacts.SKU_VIEWS, OrderFacts.SKU_CART_ADDS);

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
            return switch (day) {
                case DAY, OPEN_DAY -> null;
                case WEEKDAY, CLOSED_BEFORE, DAY_OF_YEAR -> Factor.CLOSED_DAYS;
                case AFTER_PROMISE -> Factor.MERCHANT_PROMISE;
                case AFTER_EXPECTED -> Factor.RECENT_DELIVERIES;
            };
        }
        if (DEMAND.contains(feature)) {
            return Factor.DEMAND;
        }
        return switch (feature) {
            case "day_of_year", "day_of_week", "hour_of_day", "local_minute_of_day", "local_day_of_week", "anchor_day_of_week",
                    "anchor_day_of_month", "anchor_day_of_year", "days_to_christmas", "lead_days" ->
                Factor.ORDER_TIME;
            case "preparation_offset", "closed_before_preparation", "closed_last_week", "closed_next_week", "minutes_to_cutoff" ->
                Factor.CLOSED_DAYS;
            case "origin", "origin_country", "origin_region" -> Factor.ORIGIN;
            case "destination_country", "destination_region", "destination_latitude", "destination_longitude", "destination_area",
                    "distance_km" ->
                Factor.DESTINATION;
            case "carrier", "service" -> Factor.SERVICE;
            case "sku", "product_class", "quantity", "weight_kg" -> Factor.PRODUCT;
            case OrderFeature.PROMISED -> Factor.MERCHANT_PROMISE;
            default -> ofHistory(feature);
        };
    }

    private static Factor ofHistory(String feature) {
        if (feature.startsWith(ModelSchema.COLUMN_PREFIX)) {
            return Factor.OTHER;
        }
        for (History.Stat stat : History.Stat.values()) {
            if (stat.isQueue() && feature.equals(ORIGIN_QUEUE + stat.name().toLowerCase(Locale.ROOT))) {
                return Factor.BACKLOG;
            }
        }
        return Factor.RECENT_DELIVERIES;
    }
}
