package dev.doorstep.modeltraining.training;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What all forests of one training share: orders with their calendars, the days forecast over, the features. What is chosen by looking at
 * outcomes looks only at those known at the first cut-off.
 *
 * @param settings as the bundle will hold them
 * @param whole the schema of all features that vary
 * @param full encoder of that schema
 * @param orders all usable orders, by instant
 * @param horizonDays after which nearly every order that ever arrives has arrived, counted from the instant of the forecast
 */
public record Setup(ModelSettings settings, ModelSchema whole, FeatureEncoder full, List<Prepared> orders, int horizonDays) {
    /** Categories that a feature may have; the others are missing. */
    private static final int MOST_CATEGORIES = 200;
    private static final int LEAST_OF_CATEGORY = 20;
    private static final int LEAST_OUTCOMES = 200;
    private static final double OLDEST_DAYS = 60;
    private static final int LEAST_ENTITIES = 60;
    private static final int TIMES = 20;

    /**
     * Prepares a training.
     *
     * @param known the first cut-off
     * @throws DoorstepException {@code INVALID_REQUEST} when too few outcomes are known
     */
    static Setup of(OrdersFile file, Mapping mapping, Instant known, Places places, Calendars calendars, @Nullable Policy policy) {
        List<Order> delivered = file.orders().stream().filter(order -> order.deliveredBy(known)).toList();
        if (delivered.size() < LEAST_OUTCOMES) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: calibration needs at least " + LEAST_OUTCOMES
                    + " orders delivered before the first cut-off (" + known + "), and " + delivered.size() + " are there");
        }
        ZoneId zone = mapping.zone();
        Clocks.Definition definition = WorkingDays.of(delivered, zone, calendars, policy);
        Clocks clocks = new Clocks(definition, places, calendars);
        List<FeatureDefinition> features = ModelSchema.everything(
                mapping.numeric().stream().filter(OrdersFile.DEMAND::contains).toList(),
                mapping.numeric().stream().filter(name -> !OrdersFile.DEMAND.contains(name)).toList(), mapping.categorical(),
                mapping.promiseAsFeature()).features();
        ModelSchema schema = new ModelSchema(
                new FeatureSchema(ModelSchema.VERSION, features), categories(features, delivered));
        double span = Duration.between(file.orders().getFirst().instant(), known).toDays();
        double oldest = Math.clamp(span / 3, 7, OLDEST_DAYS);
        FeatureEncoder encoder = new FeatureEncoder(schema, zone, clocks, oldest);
        List<Prepared> prepared = file.orders().stream().map(order -> Prepared.of(order, encoder)).toList();
        List<Prepared> outcomes = prepared.stream().filter(each -> each.order().deliveredBy(known)).toList();
        Support support = Supports.of(outcomes.stream().mapToInt(Prepared::offset).toArray());
        boolean daily = support.daily();
        int[] open = outcomes.stream().mapToInt(Prepared::openDays).sorted().toArray();
        int earliest = daily ? open[(int) (0.0005 * open.length)] : Integer.MIN_VALUE / 2;
        ModelSettings settings = new ModelSettings(zone,
                mapping.anchor(), oldest, earliest,
                support, definition, timesOfDay(outcomes, zone));
        return new Setup(settings, schema, encoder, prepared, (int) Origins.horizon(delivered).toDays() + 1);
    }

    /**
     * The kinds of history that have few entities: their numbers would tell the forest when an order was, and it would learn the past by
     * heart.
     */
    Set<History.Kind> fewEntities() {
        Set<History.Kind> few = EnumSet.of(History.Kind.TABLE, History.Kind.HANDLING);
        for (History.Kind kind : History.Kind.values()) {
            if (orders.stream().map(each -> String.valueOf(kind.key(each.order().facts()))).distinct().limit(LEAST_ENTITIES)
                    .count() < LEAST_ENTITIES) {
                few.add(kind);
            }
        }
        return few;
    }

    /** Whether the orders span more than two years, so that the time of year is not just the time. */
    boolean severalYears() {
        return Duration.between(orders.getFirst().order().instant(), orders.getLast().order().instant()).toDays() > 730;
    }

    /** An encoder of some of the features. */
    FeatureEncoder encoder(ModelSchema schema) {
        return new FeatureEncoder(schema, settings.zone(), full.clocks(), settings.oldestHistoryDays());
    }

    /** Orders known before an instant; no row of an order counts that has another after it. */
    List<Prepared> before(Instant cutoff) {
        Set<String> later = orderIds(each -> !each.order().instant().isBefore(cutoff));
        return orders.stream().filter(each -> each.order().instant().isBefore(cutoff) && !later.contains(each.order().orderId())).toList();
    }

    /** Orders known from one instant up to another that have no row before the first. */
    List<Prepared> between(Instant from, Instant until) {
        Set<String> earlier = orderIds(each -> each.order().instant().isBefore(from));
        return orders.stream().filter(each -> !each.order().instant().isBefore(from) && each.order().instant().isBefore(until)
                && !earlier.contains(each.order().orderId())).toList();
    }

    private Set<String> orderIds(Predicate<Prepared> which) {
        return orders.stream().filter(which).map(each -> each.order().orderId()).collect(Collectors.toSet());
    }

    /** The history as of an instant. */
    History history(Instant at) {
        return new HistoryBuilder(orders.stream().filter(each -> each.order().instant().isBefore(at)).toList()).at(at);
    }

    /** The names that occur often enough, the most frequent ones. */
    private static Map<String, List<String>> categories(List<FeatureDefinition> features, List<Order> delivered) {
        Map<String, List<String>> categories = new HashMap<>();
        for (FeatureDefinition feature : features) {
            if (feature.type() == FeatureType.CATEGORY) {
                Function<OrderFacts, @Nullable String> find = FeatureEncoder.category(feature.name());
                Map<String, Integer> counts = new HashMap<>();
                for (Order order : delivered) {
                    String name = find.apply(order.facts());
                    if (name != null) {
                        counts.merge(name, 1, Integer::sum);
                    }
                }
                categories.put(feature.name(), new ArrayList<>(new TreeSet<>(counts.entrySet().stream()
                        .filter(entry -> entry.getValue() >= LEAST_OF_CATEGORY)
                        .sorted(Comparator.<Map.Entry<String, Integer>>comparingInt(Map.Entry::getValue).reversed()
                                .thenComparing(Map.Entry::getKey))
                        .limit(MOST_CATEGORIES).map(Map.Entry::getKey).toList())));
            }
        }
        return categories;
    }

    private static double[] timesOfDay(List<Prepared> delivered, ZoneId zone) {
        double[] times = delivered.stream()
                .mapToDouble(
                        each -> Objects.requireNonNull(each.order().deliveredAt()).atZone(zone).toLocalTime().toSecondOfDay() / 86_400.0)
                .sorted().toArray();
        double[] quantiles = new double[TIMES + 1];
        for (int i = 0; i <= TIMES; i++) {
            quantiles[i] = times[(int) ((times.length - 1) * (long) i / TIMES)];
        }
        return quantiles;
    }
}
