package dev.doorstep.predictionservice.drift;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.predictionservice.registry.Bundles;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.OrderObserver;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.servicekit.work.BackgroundQueue;
import dev.doorstep.servicekit.work.Repeating;
import dev.doorstep.watching.drift.FeatureDrift;
import dev.doorstep.watching.drift.FeatureSketch;
import dev.doorstep.watching.verdict.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.commons.statistics.interval.Interval;
import org.apache.commons.statistics.interval.NormalConfidenceInterval;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Watches whether orders still look as those that the models, also those on trial, were trained with: one in a few, beside the answers, in
 * sketches of bounded size that all replicas put together by day. Thread-safe; callers never wait.
 */
@Component
public class Drift implements SmartLifecycle, OrderObserver {
    /** Of so many orders one is looked at. */
    public static final int EVERY = 8;
    private static final int WAITING = 1_000;
    private static final Duration PUBLISH = Duration.ofSeconds(10);
    private static final long LEAST_ORDERS = 200;
    private static final Duration KEPT = Duration.ofDays(8);
    private static final double ERROR_RATE = 0.05;
    private static final String TOTALS = "+totals";

    private final ModelStore store;
    private final Bundles bundles;
    private final ServingModels models;
    private final Clock clock;
    private final Counter dropped;
    private final String replicaId = UUID.randomUUID().toString();
    private final BackgroundQueue<Order> queue = new BackgroundQueue<>("drift", WAITING, this::look);
    /** By the machine's clock, however fast the days go by in a simulation. */
    private final Repeating publishing = new Repeating("drift-publishing", "what was seen of features can't be published", PUBLISH, PUBLISH,
            this::publish);
    private final Map<Window, Observations> windows = new HashMap<>();
    private final MessageCodec codec = new MessageCodec();

    Drift(ModelStore store, Bundles bundles, ServingModels models, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.bundles = bundles;
        this.models = models;
        this.clock = clock;
        this.dropped = metrics.counter("doorstep.drift.dropped");
    }

    private record Window(ModelRef model, LocalDate day) {}

    private record Order(ModelRef model, LearnedForecaster forecaster, List<ForecastInput> parcels, DayDistribution delivery) {}

    /** One in a few is looked at. */
    @Override
    public void offer(LoadedModel model, List<ForecastInput> parcels, DayDistribution delivery) {
        LearnedForecaster learned = model.learned();
        if (learned != null && ThreadLocalRandom.current().nextInt(EVERY) == 0
                && !queue.offer(new Order(model.ref(), learned, parcels, delivery))) {
            dropped.increment();
        }
    }

    @Override
    public void start() {
        queue.start();
        publishing.start();
    }

    @Override
    public void stop() {
        queue.stop();
        publishing.stop();
    }

    @Override
    public boolean isRunning() {
        return queue.isRunning();
    }

    private synchronized void look(Order order) {
        windows.computeIfAbsent(new Window(order.model(), today()), _ -> new Observations()).add(order.forecaster(), order.parcels(),
                order.delivery());
    }

    private synchronized void publish() {
        windows.forEach((window, observations) -> {
            String prefix = window.model().digest() + "/" + window.day() + "/";
            Instant expires = clock.instant().plus(KEPT);
            observations.features().forEach((feature, sketch) -> store.put(ModelStore.Kind.DRIFT, prefix + feature + "/" + replicaId,
                    codec.write(new Stored(feature, sketch.state(), null)), expires));
            store.put(ModelStore.Kind.DRIFT, prefix + TOTALS + "/" + replicaId,
                    codec.write(new Stored(TOTALS, null, observations.totals())), expires);
        });
        // A day that is over is published once more, and then nothing of it changes.
        windows.keySet().removeIf(window -> window.day().isBefore(today()));
    }

    record Stored(String feature, FeatureSketch.@Nullable State sketch, Observations.@Nullable Totals totals) {}

    /** The report of a model over yesterday and today, from all replicas. */
    public DriftReport report(ModelRef model) {
        LocalDate to = today();
        LocalDate from = to.minusDays(1);
        Bundle bundle = bundle(model);
        DriftReference trained = bundle.driftReference();
        Map<LocalDate, Long> days = new TreeMap<>();
        Map<String, FeatureSketch> sketches = new TreeMap<>();
        long orders = 0;
        double loss = 0;
        double squares = 0;
        for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
            for (byte[] body : store.list(ModelStore.Kind.DRIFT, model.digest() + "/" + day + "/")) {
                Stored stored = codec.read(body, Stored.class);
                FeatureSketch.State sketch = stored.sketch();
                if (sketch != null) {
                    boolean numbers = !trained.shares().containsKey(stored.feature());
                    sketches.computeIfAbsent(stored.feature(), _ -> numbers ? FeatureSketch.ofNumbers() : FeatureSketch.ofNames())
                            .merge(sketch);
                }
                Observations.Totals totals = stored.totals();
                if (totals != null) {
                    days.merge(day, totals.orders(), Long::sum);
                    orders += totals.orders();
                    loss += totals.loss();
                    squares += totals.squares();
                }
            }
        }
        List<FeatureDrift> features = FeatureDrift.of(references(bundle.schema().watched(), trained, days), sketches).stream()
                .sorted(Comparator.comparingDouble(each -> -each.distance())).toList();
        long drifted = features.stream().filter(FeatureDrift::drifted).count();
        Verdict.Result result = orders < LEAST_ORDERS ? Verdict.Result.NO_DATA : drifted > 0 ? Verdict.Result.FAIL : Verdict.Result.PASS;
        return new DriftReport(model.version(), model.digest(), from, to, orders, result, drifted, features,
                orders < 2 ? null : estimated(orders, loss, squares));
    }

    private static DriftReport.EstimatedLoss estimated(long orders, double loss, double squares) {
        double mean = loss / orders;
        double variance = Math.max(0, squares - orders * mean * mean) / (orders - 1);
        Interval interval = NormalConfidenceInterval.MEAN.fromErrorRate(mean, variance, orders, ERROR_RATE);
        return new DriftReport.EstimatedLoss(mean, interval.getLowerBound(), interval.getUpperBound(), "concept drift");
    }

    private Bundle bundle(ModelRef model) {
        LoadedModel loaded = models.find(model);
        return loaded != null && loaded.bundle() != null ? loaded.bundle() : bundles.read(model.digest());
    }

    /** What orders of those days look like, by feature. */
    private static Map<String, FeatureDrift.Reference> references(List<String> watched, DriftReference trained,
            Map<LocalDate, Long> orders) {
        Map<String, FeatureDrift.Reference> references = new HashMap<>();
        watched.forEach(feature -> {
            Map<FeatureDrift.Reference, Long> parts = new LinkedHashMap<>();
            orders.forEach((day, count) -> {
                DriftReference matched = trained.of(feature, day);
                parts.merge(new FeatureDrift.Reference(matched.quantiles().get(feature), matched.shares().get(feature),
                        matched.missing().getOrDefault(feature, 1.0), trained.count() == null ? Long.MAX_VALUE : trained.count()), count,
                        Long::sum);
            });
            if (!parts.isEmpty()) {
                references.put(feature, FeatureDrift.Reference.mixed(parts));
            }
        });
        return references;
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
