package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureType;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Makes rows of features of orders, the same in training and in serving. Immutable and thread-safe. */
public final class FeatureEncoder {
    private final ZoneId zone;
    private final Clocks clocks;
    private final double oldestHistory;
    private final ToDoubleFunction<OrderFeature.Known>[] values;

    /**
     * Creates an encoder.
     *
     * @param zone where days are counted
     * @param oldestHistory days; a history that is older counts as this old, because training saw none older
     * @throws IllegalArgumentException when the schema names a feature that Doorstep does not make and that is no column
     */
    public FeatureEncoder(ModelSchema schema, ZoneId zone, Clocks clocks, double oldestHistory) {
        this.zone = zone;
        this.clocks = clocks;
        this.oldestHistory = oldestHistory;
        List<FeatureDefinition> features = schema.schema().features();
        @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types
        ToDoubleFunction<OrderFeature.Known>[] made = new ToDoubleFunction[features.size()];
        this.values = made;
        for (int i = 0; i < values.length; i++) {
            values[i] = value(features.get(i), schema);
        }
    }

    /** What an order's calendar says, beside its features. */
    public record Clock(long anchorDay, long preparationDay) {}

    /** The days on which an order's candidate days and features rest. */
    public Clock clock(OrderFacts order) {
        return new Clock(dayOf(order.anchor()), clocks.preparationDay(order.lane(), order.anchor(), zone));
    }

    /** The epoch day of an instant where days are counted. */
    public long dayOf(Instant instant) {
        return instant.atZone(zone).toLocalDate().toEpochDay();
    }

    /** Days from the anchor to the start of the day {@code offset} days after the anchor's, on the continuous clock. */
    public double startOf(OrderFacts order, int offset) {
        Instant start = LocalDate.ofEpochDay(dayOf(order.anchor()) + offset).atStartOfDay(zone).toInstant();
        return Duration.between(order.anchor(), start).toMillis() / 86_400_000.0;
    }

    public Clocks clocks() {
        return clocks;
    }

    /** A row of an order's features, with arguments as of {@link #encode}; its day features are missing. */
    public double[] row(OrderFacts order, Clock clock, @Nullable History history) {
        double[] row = new double[values.length];
        encode(order, clock, history, row);
        return row;
    }

    /**
     * Fills a row with an order's features; day features are missing.
     *
     * @param history what is known of others, or null where nothing is; not used where the order's own instant is not known, or
     *     lies before that of the history: no feature looks past it
     */
    public void encode(OrderFacts order, Clock clock, @Nullable History history, double[] row) {
        Map<History.Kind, float[]> found = new EnumMap<>(History.Kind.class);
        double age = Double.NaN;
        if (history != null && order.predictedAt() != null && !history.asOf().isAfter(order.predictedAt())) {
            for (History.Kind kind : History.Kind.values()) {
                float[] stats = history.of(kind, order);
                if (stats != null) {
                    found.put(kind, stats);
                }
            }
            age = Math.min(oldestHistory, Duration.between(history.asOf(), order.predictedAt()).toMinutes() / 1440.0);
        }
        Instant ordered = order.predictedAt() == null ? order.anchor() : order.predictedAt();
        OrderFeature.Known known = new OrderFeature.Known(order, ordered.atZone(zone), order.anchor().atZone(zone),
                (int) (clock.preparationDay() - clock.anchorDay()),
                clocks.minutesToCutoff(order.lane(), order.anchor(), clock.preparationDay()),
                OrderFeature.Known.Closed.around(clock.preparationDay(), clocks.prepares(order.lane())), found, age);
        for (int i = 0; i < values.length; i++) {
            row[i] = values[i].applyAsDouble(known);
        }
    }

    private static ToDoubleFunction<OrderFeature.Known> value(FeatureDefinition feature, ModelSchema schema) {
        String name = feature.name();
        OrderFeature known = OrderFeature.ofName(name);
        if (DayFeature.ofName(name) != null) {
            return _ -> Double.NaN;
        }
        if (known != null && known.number() != null) {
            return known.number();
        }
        String column = name.startsWith(ModelSchema.COLUMN_PREFIX) ? name.substring(ModelSchema.COLUMN_PREFIX.length()) : null;
        if (feature.type() != FeatureType.CATEGORY) {
            return column == null
                    ? made -> orMissing(made.order().demand().get(name))
                    : made -> orMissing(made.order().numbers().get(column));
        }
        Map<String, Integer> numbers = new HashMap<>();
        List<String> names = Objects.requireNonNull(schema.categories().get(name));
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), i);
        }
        Function<OrderFacts, @Nullable String> category = category(name);
        return made -> {
            String text = category.apply(made.order());
            Integer number = text == null ? null : numbers.get(text);
            return number == null ? Double.NaN : number;
        };
    }

    /**
     * How a category's name is found in an order, null where it is missing.
     *
     * @throws IllegalArgumentException when no category feature is called so
     */
    public static Function<OrderFacts, @Nullable String> category(String feature) {
        OrderFeature own = OrderFeature.ofName(feature);
        if (own != null && own.name() != null) {
            return own.name();
        }
        if (!feature.startsWith(ModelSchema.COLUMN_PREFIX)) {
            throw new IllegalArgumentException("schema: no feature is called " + feature);
        }
        String column = feature.substring(ModelSchema.COLUMN_PREFIX.length());
        return order -> order.names().get(column);
    }

    private static double orMissing(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }
}
