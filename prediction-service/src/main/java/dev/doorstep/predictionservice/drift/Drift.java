package dev.doorstep.predictionservice.drift;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.predictionservice.registry.Bundles;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.watching.drift.FeatureDrift;
import dev.doorstep.watching.drift.FeatureSketch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Watches whether orders still look as those that the models were trained with: one in a few, beside the answers, in sketches of bounded
 * size that all replicas put together by day. Thread-safe; callers never wait.
 */
@Component
public class Drift implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Drift.class);
    private static final int EVERY = 4;
    private static final int WAITING = 1_000;
    private static final long PUBLISH_MILLIS = 10_000;
    private static final long LEAST_ORDERS = 200;
    private static final Duration KEPT = Duration.ofDays(8);
    private static final double Z = 1.959963984540054;
    private static final String TOTALS = "+totals";

    private final ModelStore store;
    private final Bundles bundles;
    private final Clock clock;
    private final Counter dropped;
    private final String replicaId = UUID.randomUUID().toString();
    private final LongAdder seen = new LongAdder();
    private final BlockingQueue<Order> queue = new ArrayBlockingQueue<>(WAITING);
    private final Map<Window, Observations> windows = new HashMap<>();
    private final MessageCodec codec = new MessageCodec();
    /** Publishing goes by the machine's clock, however fast the days go by in a simulation. */
    private final InstantSource machine = InstantSource.system();
    private volatile @Nullable Thread thread;

    Drift(ModelStore store, Bundles bundles, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.bundles = bundles;
        this.clock = clock;
        this.dropped = metrics.counter("doorstep.drift.dropped");
    }

    private record Window(ModelRef model, LocalDate day) {}

    private record Order(ModelRef model, LearnedForecaster forecaster, List<ForecastInput> parcels, DayDistribution delivery) {}

    /** Takes an order that a model answered; one in a few is looked at. */
    public void offer(ModelRef model, LearnedForecaster forecaster, List<ForecastInput> parcels, DayDistribution delivery) {
        seen.increment();
        if (seen.sum() % EVERY == 0 && !queue.offer(new Order(model, forecaster, parcels, delivery))) {
            dropped.increment();
        }
    }

    @Override
    public void start() {
        Thread started = Thread.ofPlatform().name("drift").daemon().unstarted(this::work);
        thread = started;
        started.start();
    }

    @Override
    public void stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return thread != null;
    }

    private void work() {
        Instant next = machine.instant().plusMillis(PUBLISH_MILLIS);
        try {
            while (thread != null) {
                Order order = queue.poll(PUBLISH_MILLIS, TimeUnit.MILLISECONDS);
                if (order != null) {
                    look(order);
                }
                if (machine.instant().isAfter(next)) {
                    publish();
                    next = machine.instant().plusMillis(PUBLISH_MILLIS);
                }
            }
        } catch (InterruptedException _) {
            publish();
            Thread.currentThread().interrupt();
        }
    }

    private void look(Order order) {
        try {
            windows.computeIfAbsent(new Window(order.model(), today()), _ -> new Observations()).add(order.forecaster(), order.parcels(),
                    order.delivery());
        } catch (RuntimeException e) {
            log.error("an order could not be looked at for drift", e);
        }
    }

    private void publish() {
        try {
            windows.forEach((window, observations) -> {
                String prefix = window.model().digest() + "/" + window.day() + "/";
                Instant expires = clock.instant().plus(KEPT);
                observations.features().forEach((feature, sketch) -> store.put(ModelStore.Kind.DRIFT,
                        prefix + feature + "/" + replicaId, codec.write(new Stored(feature, sketch.state(), null)), expires));
                store.put(ModelStore.Kind.DRIFT, prefix + TOTALS + "/" + replicaId,
                        codec.write(new Stored(TOTALS, null, observations.totals())), expires);
            });
            // A day that is over is published once more, and then nothing of it changes.
            windows.keySet().removeIf(window -> window.day().isBefore(today()));
        } catch (RuntimeException e) {
            log.warn("what was seen of features can't be published, trying on: {}", e.toString());
        }
    }

    record Stored(String feature, FeatureSketch.@Nullable State sketch, Observations.@Nullable Totals totals) {}

    /** The report of a model over yesterday and today, from all replicas. */
    public DriftReport report(ModelRef model) {
        LocalDate to = today();
        LocalDate from = to.minusDays(1);
        Map<String, FeatureDrift.Reference> references = references(bundles.read(model.digest()));
        Map<String, FeatureSketch> sketches = new TreeMap<>();
        long orders = 0;
        double loss = 0;
        double squares = 0;
        for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
            for (byte[] body : store.list(ModelStore.Kind.DRIFT, model.digest() + "/" + day + "/")) {
                Stored stored = codec.read(body, Stored.class);
                FeatureSketch.State sketch = stored.sketch();
                if (sketch != null) {
                    FeatureDrift.Reference reference = references.get(stored.feature());
                    boolean numbers = reference == null || reference.shares() == null;
                    sketches.computeIfAbsent(stored.feature(), _ -> numbers ? FeatureSketch.ofNumbers() : FeatureSketch.ofNames())
                            .merge(sketch);
                }
                Observations.Totals totals = stored.totals();
                if (totals != null) {
                    orders += totals.orders();
                    loss += totals.loss();
                    squares += totals.squares();
                }
            }
        }
        List<FeatureDrift> features = FeatureDrift.of(references, sketches).stream()
                .sorted(Comparator.comparingDouble(each -> -each.score() / each.threshold())).toList();
        long drifted = features.stream().filter(FeatureDrift::drifted).count();
        String result = orders < LEAST_ORDERS ? "no-data" : drifted > 0 ? "fail" : "pass";
        return new DriftReport(model.version(), model.digest(), from, to, orders, result, drifted, features,
                orders == 0 ? null : estimated(orders, loss, squares));
    }

    private static DriftReport.EstimatedLoss estimated(long orders, double loss, double squares) {
        double mean = loss / orders;
        double half = Z * Math.sqrt(Math.max(0, squares / orders - mean * mean) / orders);
        return new DriftReport.EstimatedLoss(mean, mean - half, mean + half, "concept drift");
    }

    private static Map<String, FeatureDrift.Reference> references(Bundle bundle) {
        DriftReference reference = bundle.json(DriftReference.FILE, DriftReference.class);
        Set<String> clocks = ModelSchema.clockFeatures();
        Map<String, FeatureDrift.Reference> references = new HashMap<>();
        reference.missing().forEach((feature, missing) -> {
            if (!clocks.contains(feature)) {
                references.put(feature, new FeatureDrift.Reference(reference.quantiles().get(feature),
                        reference.shares().get(feature), Objects.requireNonNull(missing)));
            }
        });
        return references;
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }
}
