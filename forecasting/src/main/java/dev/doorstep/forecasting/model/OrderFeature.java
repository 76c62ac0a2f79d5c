package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.commonmodel.time.TemporalFeatures;
import dev.doorstep.forecasting.Contribution.Factor;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One of the features that Doorstep makes of an order by itself, with how its value is found: a number, or a name that the schema numbers.
 *
 * @param definition name, type, unit and default
 * @param factor what it tells of
 * @param number finds the value, NaN where it is missing; null for a category
 * @param name finds the category, null where it is missing; null for a number. It needs nothing but the order
 */
record OrderFeature(FeatureDefinition definition, Factor factor, @Nullable ToDoubleFunction<Known> number,
        @Nullable Function<OrderFacts, @Nullable String> name) {

    /** Days from the anchor's day to the day that the merchant promised. */
    static final String PROMISED = "promised_days";
    /** Open days that such an order usually takes, put together of what is usual and of how its product and its way differ from it. */
    static final String EXPECTED = "expected_days";
    private static final double SHRINK = 15;
    private static final int RUSH = 45;

    /**
     * All that is known of an order at the instant of its forecast.
     *
     * @param ordered local time of the order in the zone that days are counted in
     * @param preparationOffset days from the anchor's day to the day on which preparing can start
     * @param history statistics by kind; absent where there are none
     * @param historyAge days since the history's instant, NaN where there is no history
     */
    record Known(OrderFacts order, ZonedDateTime ordered, ZonedDateTime anchor, int preparationOffset, double minutesToCutoff,
            Closed closed,
            Map<History.Kind, float[]> history, double historyAge) {
        /**
         * Days around the preparation day on which nothing is prepared: what came in on them waits.
         *
         * @param before right before it
         * @param lastWeek within the seven days before it
         * @param nextWeek within the seven days after it
         */
        record Closed(int before, int lastWeek, int nextWeek) {
            static Closed around(long preparationDay, OpenDays prepares) {
                int before = 0;
                int last = 0;
                int next = 0;
                for (int i = 1; i <= 7; i++) {
                    last += prepares.isOpen(preparationDay - i) ? 0 : 1;
                    next += prepares.isOpen(preparationDay + i) ? 0 : 1;
                    before = before == i - 1 && !prepares.isOpen(preparationDay - i) ? i : before;
                }
                return new Closed(before, last, next);
            }
        }

        Instant instant() {
            return order.predictedAt() == null ? order.anchor() : order.predictedAt();
        }

        double expectedDays() {
            double apart = history(History.Kind.HANDLING, History.Stat.HANDLING_DAYS) * ratio(History.Kind.SKU, History.Stat.HANDLING_DAYS)
                    + history(History.Kind.TABLE, History.Stat.TRANSIT_DAYS) * ratio(History.Kind.LANE, History.Stat.TRANSIT_DAYS)
                            * ratio(History.Kind.AREA, History.Stat.TRANSIT_DAYS);
            return Double.isNaN(apart)
                    ? history(History.Kind.TABLE, History.Stat.DAYS) + difference(History.Kind.SKU) + difference(History.Kind.LANE)
                    : apart;
        }

        /** How an entity compares to what is usual; the less is known of it, the closer to 1. */
        private double ratio(History.Kind kind, History.Stat stat) {
            double count = history(kind, History.Stat.COUNT);
            double ratio = history(kind, stat);
            return Double.isNaN(count) || Double.isNaN(ratio) ? 1 : 1 + (ratio - 1) * count / (count + SHRINK);
        }

        /** By how many open days an entity differs from what is usual; the less is known of it, the closer to 0. */
        private double difference(History.Kind kind) {
            double count = history(kind, History.Stat.COUNT);
            double difference = history(kind, History.Stat.DAYS);
            return Double.isNaN(count) || Double.isNaN(difference) ? 0 : difference * count / (count + SHRINK);
        }

        /** By how much a product is more wanted than usual. */
        double surge() {
            double usual = history(History.Kind.SKU, History.Stat.VIEWS);
            Double views = order.demand().get(OrderFacts.SKU_VIEWS);
            return views == null || Double.isNaN(usual) ? Double.NaN : (views + 1) / (usual + 1);
        }

        double history(History.Kind kind, History.Stat stat) {
            float @Nullable [] found = history.get(kind);
            return found == null ? Double.NaN : found[stat.column()];
        }
    }

    private static final Map<String, OrderFeature> BY_NAME = byName();

    /** All of them, in the order in which schemas list them. */
    static Collection<OrderFeature> all() {
        return BY_NAME.values();
    }

    /** One of them, or null where none is called so. */
    static @Nullable OrderFeature ofName(String name) {
        return BY_NAME.get(name);
    }

    private static Map<String, OrderFeature> byName() {
        List<OrderFeature> all = new ArrayList<>();
        all.add(integer(Factor.ORDER_TIME, "day_of_year", "day", known -> TemporalFeatures.of(known.instant().toEpochMilli()).dayOfYear()));
        all.add(integer(Factor.ORDER_TIME, "day_of_week", "day", known -> TemporalFeatures.of(known.instant().toEpochMilli()).dayOfWeek()));
        all.add(integer(Factor.ORDER_TIME, "hour_of_day", "hour",
                known -> TemporalFeatures.of(known.instant().toEpochMilli()).hourOfDay()));
        all.add(integer(Factor.ORDER_TIME, "local_minute_of_day", "minute",
                known -> known.ordered().getHour() * 60 + known.ordered().getMinute()));
        all.add(integer(Factor.ORDER_TIME, "local_day_of_week", "day", known -> known.ordered().getDayOfWeek().getValue() - 1));
        all.add(integer(Factor.ORDER_TIME, "anchor_day_of_week", "day", known -> known.anchor().getDayOfWeek().getValue() - 1));
        all.add(integer(Factor.ORDER_TIME, "anchor_day_of_month", "day", known -> known.anchor().getDayOfMonth()));
        all.add(integer(Factor.ORDER_TIME, "anchor_day_of_year", "day", known -> known.anchor().getDayOfYear()));
        all.add(integer(Factor.ORDER_TIME, "days_to_christmas", "day", OrderFeature::daysToChristmas));
        all.add(number(Factor.ORDER_TIME, "lead_days", "day", OrderFeature::leadDays));
        all.add(number(Factor.MERCHANT_PROMISE, PROMISED, "day", known -> known.order().promisedOffset()));
        all.add(integer(Factor.CLOSED_DAYS, "preparation_offset", "day", Known::preparationOffset));
        all.add(integer(Factor.CLOSED_DAYS, "closed_before_preparation", "day", known -> known.closed().before()));
        all.add(integer(Factor.CLOSED_DAYS, "closed_last_week", "day", known -> known.closed().lastWeek()));
        all.add(integer(Factor.CLOSED_DAYS, "closed_next_week", "day", known -> known.closed().nextWeek()));
        all.add(number(Factor.CLOSED_DAYS, "minutes_to_cutoff", "minute", Known::minutesToCutoff));
        all.add(category(Factor.ORIGIN, "origin", order -> order.lane().originId()));
        all.add(category(Factor.ORIGIN, "origin_country", order -> order.lane().originCountry()));
        all.add(category(Factor.ORIGIN, "origin_region", order -> order.lane().originRegion()));
        all.add(category(Factor.DESTINATION, "destination_country", order -> order.lane().destinationCountry()));
        all.add(category(Factor.DESTINATION, "destination_region", order -> order.lane().destinationRegion()));
        all.add(number(Factor.DESTINATION, "destination_latitude", "degree", known -> known.order().lane().latitude()));
        all.add(number(Factor.DESTINATION, "destination_longitude", "degree", known -> known.order().lane().longitude()));
        all.add(number(Factor.DESTINATION, "distance_km", "km", known -> known.order().lane().distanceKm()));
        all.add(category(Factor.SERVICE, "carrier", order -> order.lane().carrier()));
        all.add(category(Factor.SERVICE, "service", order -> order.lane().service()));
        all.add(category(Factor.DESTINATION, "destination_area", order -> order.lane().area()));
        all.add(category(Factor.PRODUCT, "sku", order -> order.goods().sku()));
        all.add(category(Factor.PRODUCT, "product_class", order -> order.goods().productClass()));
        all.add(number(Factor.PRODUCT, "quantity", "piece", known -> known.order().goods().quantity()));
        all.add(number(Factor.PRODUCT, "weight_kg", "kg", known -> known.order().goods().weightKg()));
        all.add(number(Factor.RECENT_DELIVERIES, EXPECTED, "day", Known::expectedDays));
        all.add(number(Factor.DEMAND, "sku_surge", "ratio", Known::surge));
        all.add(number(Factor.RECENT_DELIVERIES, "history_age_days", "day", Known::historyAge));
        for (History.Kind kind : History.Kind.values()) {
            for (History.Stat stat : History.Stat.values()) {
                if (!stat.isQueue() || kind == History.Kind.ORIGIN) {
                    String name = kind.name().toLowerCase(Locale.ROOT) + "_" + stat.name().toLowerCase(Locale.ROOT);
                    all.add(number(stat.isQueue() ? Factor.BACKLOG : Factor.RECENT_DELIVERIES, name,
                            stat.name().endsWith("SHARE") ? "share" : stat == History.Stat.COUNT ? "count" : "day",
                            known -> known.history(kind, stat)));
                }
            }
        }
        Map<String, OrderFeature> byName = new LinkedHashMap<>();
        all.forEach(feature -> byName.put(feature.definition().name(), feature));
        return byName;
    }

    /** Up to {@value #RUSH} days before; the rest of the year is all the same. */
    private static double daysToChristmas(Known known) {
        LocalDate day = known.ordered().toLocalDate();
        long days = ChronoUnit.DAYS.between(day, LocalDate.of(day.getYear(), 12, 25));
        return days < 0 ? RUSH : Math.min(RUSH, days);
    }

    private static double leadDays(Known known) {
        Instant predicted = known.order().predictedAt();
        return predicted == null ? Double.NaN : Duration.between(predicted, known.order().anchor()).toMinutes() / 1440.0;
    }

    private static OrderFeature integer(Factor factor, String name, String unit, ToDoubleFunction<Known> value) {
        return new OrderFeature(new FeatureDefinition(name, FeatureType.INTEGER, unit, ""), factor, value, null);
    }

    private static OrderFeature number(Factor factor, String name, String unit, ToDoubleFunction<Known> value) {
        return new OrderFeature(new FeatureDefinition(name, FeatureType.NUMBER, unit, ""), factor, value, null);
    }

    private static OrderFeature category(Factor factor, String name, Function<OrderFacts, @Nullable String> value) {
        return new OrderFeature(new FeatureDefinition(name, FeatureType.CATEGORY, "name", ""), factor, null, value);
    }
}
