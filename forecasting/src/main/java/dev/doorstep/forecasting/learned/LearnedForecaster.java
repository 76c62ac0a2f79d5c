package dev.doorstep.forecasting.learned;

import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.forecasting.Correction;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.Contribution;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.bundle.Anchor;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.live.LiveCalibration;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.Lanes;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts with a bundle's model where it knows enough, else with the forecaster behind it; each rung says so by its basis and a reason.
 * Products of a parcel travel together, so the slowest one decides on each day. Thread-safe.
 */
public final class LearnedForecaster implements Forecaster {
    private static final int ENOUGH_ON_LANE = 50;
    /** What an orders file may tell and no request carries. */
    private static final Set<String> NOT_ASKED = Set.of("weight_kg", "promised_days");

    private final Bundle bundle;
    private final PredictionAnswer.Model name;
    private final HazardModel model;
    /** Names that the model learned, by category feature; none of a feature that the orders did not have. */
    private final Map<String, Set<String>> learned;
    private final FeatureEncoder encoder;
    private final Policy policy;
    private final Lanes lanes;
    private final Map<String, Place> origins;
    private final Forecaster table;
    /** Features in a row. */
    private final int width;
    private final List<Watched> watched;
    private final @Nullable LiveCalibration live;

    /**
     * Puts a bundle before a forecaster.
     *
     * @param policy whose calendars and cut-offs hold, in the place of those that the bundle was trained with
     * @param table answers what the model can't
     * @throws DoorstepException {@code INVALID_MODEL} when its kind can't be served, or counts from what no request knows
     */
    public LearnedForecaster(Bundle bundle, Policy policy, Places places, Calendars calendars, Forecaster table) {
        if (bundle.settings().anchor() != Anchor.ORDERED_AT) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "anchor",
                    "anchor: the model counts days from the merchant's promise, which no request carries; it can be evaluated, not served");
        }
        this.bundle = bundle;
        this.name = new PredictionAnswer.Model(bundle.manifest().name(), bundle.manifest().version());
        this.model = bundle.model();
        this.learned = new HashMap<>();
        bundle.schema().categories().forEach((feature, names) -> learned.put(feature, Set.copyOf(names)));
        this.policy = policy;
        this.lanes = new Lanes(places);
        this.table = table;
        this.encoder = new FeatureEncoder(bundle.schema(), bundle.settings().zone(),
                new Clocks(bundle.settings().clocks().with(policy), places, calendars), bundle.settings().oldestHistoryDays());
        this.origins = new HashMap<>();
        policy.origins().forEach((name, origin) -> origins.put(name, places.find(origin.country(), origin.postalCode())));
        this.width = bundle.schema().names().size();
        this.watched = watched();
        this.live = null;
    }

    private LearnedForecaster(LearnedForecaster other, @Nullable LiveCalibration live) {
        this.bundle = other.bundle;
        this.name = other.name;
        this.model = other.model;
        this.learned = other.learned;
        this.encoder = other.encoder;
        this.policy = other.policy;
        this.lanes = other.lanes;
        this.origins = other.origins;
        this.table = other.table;
        this.width = other.width;
        this.watched = other.watched;
        this.live = live;
    }

    /** The same with what outcomes say of its probabilities, or without. */
    public LearnedForecaster with(@Nullable LiveCalibration calibration) {
        return new LearnedForecaster(this, calibration);
    }

    /** What outcomes say of its probabilities, or null where it goes without. */
    public @Nullable LiveCalibration live() {
        return live;
    }

    /**
     * Where a delivery fell in its forecast, live calibration left out.
     *
     * @param from first epoch day that it may have been; {@link Long#MAX_VALUE} for a parcel that is lost
     * @param to last one: the same for a delivery, {@link Long#MAX_VALUE} for a parcel that has not come yet
     * @param within 0 to 1: how far into the probability of those days, drawn by the caller
     * @return null where the model does not answer
     */
    public LiveState.@Nullable Observed observed(ForecastInput input, long from, long to, double within) {
        Forecast forecast = new LearnedForecaster(this, null).forecast(input);
        Forecast.CalibrationGroup group = forecast.calibration();
        if (group == null) {
            return null;
        }
        DayDistribution delivery = forecast.delivery();
        return LiveState.Observed.of(group.group(), delivery.cumulative(from - 1), delivery.cumulative(to), within);
    }

    @Override
    public PredictionAnswer.Model model() {
        return name;
    }

    /**
     * A feature by which drift shows.
     *
     * @param place in a row
     * @param names that the model learned of a category; null for a number
     * @param name how an order tells its own
     */
    private record Watched(String feature, int place, @Nullable Set<String> names, Function<OrderFacts, @Nullable String> name) {}

    private List<Watched> watched() {
        List<String> all = bundle.schema().names();
        return bundle.schema().watched().stream().map(feature -> {
            Set<String> names = learned.get(feature);
            return new Watched(feature, all.indexOf(feature), names, names == null ? _ -> null : FeatureEncoder.category(feature));
        }).toList();
    }

    /** Features that the model was trained with and that no request carries: it goes without them. */
    public List<String> missingInService() {
        return bundle.schema().names().stream()
                .filter(feature -> NOT_ASKED.contains(feature) || feature.startsWith(ModelSchema.COLUMN_PREFIX)).toList();
    }

    @Override
    public boolean reaches(ForecastInput input) {
        return table.reaches(input);
    }

    @Override
    public double correlation(String origin, String other) {
        return bundle.calibration().correlation(origin, other);
    }

    @Override
    public Forecast forecast(ForecastInput input) {
        return forecast(input, false);
    }

    /** The same, calibrated on nothing narrower than regions. */
    Forecast forecastByRegion(ForecastInput input) {
        return forecast(input, true);
    }

    private Forecast forecast(ForecastInput input, boolean byRegion) {
        Forecast byTable = table.forecast(input);
        ReasonCode unknown = unknown(input);
        if (unknown != null) {
            return with(byTable, unknown);
        }
        // The model never saw what is out of stock.
        return input.outOfStock() ? byTable : learned(input, byTable, byRegion);
    }

    /** What the model would have to guess at altogether, or null where it knows enough. */
    private @Nullable ReasonCode unknown(ForecastInput input) {
        if (!knows("destination_country", input.destination().country())) {
            return ReasonCode.COUNTRY_NOT_LEARNED;
        }
        if (!knows("origin", input.origin())) {
            return ReasonCode.ORIGIN_NOT_LEARNED;
        }
        return knows("service", input.service()) ? null : ReasonCode.SERVICE_NOT_LEARNED;
    }

    /** A feature that the orders did not have tells no value from another. */
    private boolean knows(String feature, String value) {
        Set<String> names = learned.getOrDefault(feature, Set.of());
        return names.isEmpty() || names.contains(value);
    }

    private Forecast learned(ForecastInput input, Forecast byTable, boolean byRegion) {
        Set<ReasonCode> reasons = EnumSet.noneOf(ReasonCode.class);
        reasons.addAll(byTable.reasons());
        History history = history(input.orderedAt(), reasons);
        OrderFacts.Lane lane = lane(input);
        Support support = bundle.settings().support();
        CandidateDays days = bundle.settings().candidateDays();
        Forest.Scratch scratch = model.scratch();
        double[] row = new double[width];
        double[] slowest = new double[support.days()];
        double[] cumulative = new double[support.days()];
        Arrays.fill(slowest, 1);
        long anchorDay = 0;
        for (ForecastInput.Product product : new LinkedHashSet<>(input.products())) {
            anchorDay = encode(facts(input, lane, product), history, days, row);
            model.cumulative(row, days, scratch, cumulative);
            for (int i = 0; i < slowest.length; i++) {
                slowest[i] = Math.min(slowest[i], cumulative[i]);
            }
            if (product.sku() == null || !knows("sku", product.sku())) {
                reasons.add(ReasonCode.PRODUCT_NOT_LEARNED);
            }
        }
        String narrowest = byRegion ? lane.regionKey() : lane.laneKey();
        Calibration.apply(bundle.calibration().of(narrowest, lane.regionKey()), slowest);
        Forecast.CalibrationGroup group = group(narrowest, lane.regionKey(), byRegion);
        Correction correction = group.live();
        if (correction != null) {
            correction.apply(slowest);
        }
        Basis basis = group.group().equals(lane.laneKey()) && group.count() >= ENOUGH_ON_LANE ? Basis.LANE_MODEL : Basis.REGION_MODEL;
        return new Forecast(distribution(anchorDay + support.first(), slowest), byTable.orderBy(), byTable.preparationDay(),
                byTable.likelyPickupDay(), basis, model(), group, reasons);
    }

    /** Fills in an order's calendar and features; the anchor's day. */
    private long encode(OrderFacts facts, @Nullable History history, CandidateDays days, double[] row) {
        FeatureEncoder.Clock clock = encoder.clock(facts);
        days.set(clock, encoder.clocks().delivers(facts.lane()));
        encoder.encode(facts, clock, history, row);
        return clock.anchorDay();
    }

    /** Hears the values of an order's features as the model has them; a feature of a model has the same place each time. */
    public interface FeatureObserver {
        /** A number, NaN where it is missing. */
        void number(int place, String feature, double value);

        /** A name, null where it is missing. */
        void name(int place, String feature, @Nullable String value, boolean learned);
    }

    /** Shows the features of a parcel's first product by which drift shows; shows nothing of one that the model does not answer. */
    public void observe(ForecastInput input, FeatureObserver observer) {
        if (unknown(input) != null || input.outOfStock()) {
            return;
        }
        OrderFacts facts = facts(input, lane(input), input.products().getFirst());
        double[] row = new double[width];
        encode(facts, history(input.orderedAt(), EnumSet.noneOf(ReasonCode.class)), bundle.settings().candidateDays(), row);
        for (Watched each : watched) {
            Set<String> names = each.names();
            if (names == null) {
                observer.number(each.place(), each.feature(), row[each.place()]);
            } else {
                String name = each.name().apply(facts);
                observer.name(each.place(), each.feature(), name, name != null && names.contains(name));
            }
        }
    }

    /** Those of the product that the others wait for. */
    @Override
    public List<Contribution> contributions(ForecastInput input) {
        if (unknown(input) != null || input.outOfStock()) {
            return List.of();
        }
        History history = history(input.orderedAt(), EnumSet.noneOf(ReasonCode.class));
        CandidateDays days = bundle.settings().candidateDays();
        double[] row = new double[width];
        double[] cumulative = new double[bundle.settings().support().days()];
        OrderFacts.Lane lane = lane(input);
        Forest.Scratch scratch = model.scratch();
        OrderFacts slowest = null;
        double latest = Double.NEGATIVE_INFINITY;
        for (ForecastInput.Product product : new LinkedHashSet<>(input.products())) {
            OrderFacts facts = facts(input, lane, product);
            encode(facts, history, days, row);
            model.cumulative(row, days, scratch, cumulative);
            if (HazardModel.expectedDay(cumulative) > latest) {
                latest = HazardModel.expectedDay(cumulative);
                slowest = facts;
            }
        }
        OrderFacts facts = Objects.requireNonNull(slowest);
        encode(facts, history, days, row);
        Comparator<Contribution> strongest = Comparator.comparingDouble(each -> -Math.abs(each.days()));
        return model.contributions(row, days).entrySet().stream()
                .map(each -> new Contribution(each.getKey(), each.getValue(), params(each.getKey(), facts, input))).sorted(strongest)
                .toList();
    }

    private static Map<String, String> params(Contribution.Factor factor, OrderFacts facts, ForecastInput input) {
        Map<String, String> params = new TreeMap<>();
        OrderFacts.Lane lane = facts.lane();
        OrderFacts.Goods goods = facts.goods();
        switch (factor) {
            case ORIGIN -> put(params, "origin", lane.originId());
            case DESTINATION -> {
                put(params, "region", lane.destinationRegion());
                put(params, "distanceKm", Double.isNaN(lane.distanceKm()) ? null : Math.round(lane.distanceKm()));
            }
            case SERVICE -> {
                put(params, "carrier", lane.carrier());
                put(params, "service", lane.service());
            }
            case PRODUCT -> {
                put(params, "sku", goods.sku());
                put(params, "handlingClass", goods.productClass());
            }
            case DEMAND -> facts.demand().forEach((name, value) -> put(params, name, Math.round(value)));
            case ORDER_TIME -> put(params, "orderedAt", input.orderedAt());
            case CLOSED_DAYS, BACKLOG, RECENT_DELIVERIES, MERCHANT_PROMISE, OTHER -> {
                // Too many values to name.
            }
        }
        return params;
    }

    private static void put(Map<String, String> params, String name, @Nullable Object value) {
        if (value != null) {
            params.put(name, value.toString());
        }
    }

    /** What was known of past deliveries at an instant, or null where the bundle only knows what came later. */
    private @Nullable History history(Instant at, Set<ReasonCode> reasons) {
        FeatureStatus status = status(historyAge(at));
        if (status == FeatureStatus.NOT_FOUND) {
            reasons.add(ReasonCode.HISTORY_UNKNOWN);
            return null;
        }
        if (status == FeatureStatus.STALE) {
            reasons.add(ReasonCode.HISTORY_OLD);
        }
        return bundle.history();
    }

    /** The snapshot of past deliveries that it goes by, as a feature of an order of some instant. */
    public FeatureValue deliveryHistory(Instant at) {
        Duration age = historyAge(at);
        return new FeatureValue("delivery_history", bundle.history().asOf().toString(), status(age), "bundle",
                age.isNegative() ? null : age.toMillis());
    }

    private Duration historyAge(Instant at) {
        return Duration.between(bundle.history().asOf(), at);
    }

    /** Not found of orders from before it, whose future it would tell. */
    private FeatureStatus status(Duration age) {
        if (age.isNegative()) {
            return FeatureStatus.NOT_FOUND;
        }
        return age.toDays() > bundle.settings().oldestHistoryDays() ? FeatureStatus.STALE : FeatureStatus.PRESENT;
    }

    private Forecast.CalibrationGroup group(String narrowest, String region, boolean byRegion) {
        String key = bundle.calibration().group(narrowest, region);
        // What is known live of a region are its orders on lanes that have no group; of all its orders only what is known of all.
        Correction correction = live == null ? null : byRegion ? live.all() : live.of(key);
        return new Forecast.CalibrationGroup(key, bundle.calibration().counts().getOrDefault(key, 0), correction);
    }

    private static DayDistribution distribution(long firstDay, double[] cumulative) {
        double[] probabilities = new double[cumulative.length];
        double before = 0;
        for (int i = 0; i < cumulative.length; i++) {
            double reached = i == cumulative.length - 1 ? 1 : Math.max(before, cumulative[i]);
            probabilities[i] = reached - before;
            before = reached;
        }
        return new DayDistribution(firstDay, probabilities);
    }

    private OrderFacts.Lane lane(ForecastInput input) {
        return lanes.between(input.origin(), origins.get(input.origin()), input.destination(), input.postalCode(),
                Objects.requireNonNull(policy.services().get(input.service())).carrier(), input.service());
    }

    private static OrderFacts facts(ForecastInput input, OrderFacts.Lane lane, ForecastInput.Product product) {
        Map<String, Double> demand = new HashMap<>();
        if (product.viewsLastHour() != null) {
            demand.put(OrderFacts.SKU_VIEWS, product.viewsLastHour().doubleValue());
        }
        if (product.cartAddsLastHour() != null) {
            demand.put(OrderFacts.SKU_CART_ADDS, product.cartAddsLastHour().doubleValue());
        }
        return new OrderFacts(input.orderedAt(), input.orderedAt(), Double.NaN, lane,
                new OrderFacts.Goods(product.sku(), product.handlingClass(), product.quantity(), Double.NaN), demand, Map.of(), Map.of());
    }

    /** A forecast of the table with one more reason. */
    static Forecast with(Forecast forecast, ReasonCode reason) {
        Set<ReasonCode> reasons = EnumSet.of(reason);
        reasons.addAll(forecast.reasons());
        return new Forecast(forecast.delivery(), forecast.orderBy(), forecast.preparationDay(), forecast.likelyPickupDay(),
                forecast.basis(),
                forecast.model(), forecast.calibration(), reasons);
    }
}
