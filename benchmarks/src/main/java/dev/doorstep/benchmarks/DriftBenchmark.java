package dev.doorstep.benchmarks;

import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.predictionservice.drift.Observations;
import dev.doorstep.servicekit.work.BackgroundQueue;
import dev.doorstep.watching.drift.FeatureSketch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What watching for drift costs an order that is looked at, beside the order's forecast. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first
public class DriftBenchmark {
    private static final int REPLICAS = 100;
    private static final int ORDERS = 512;
    private static final int ORDERS_A_REPLICA = 2_000;
    private static final List<String> DESTINATIONS = List.of("94110", "10001", "60601", "73301", "98101", "33101", "02108", "80202");

    private final List<List<ForecastInput>> orders = new ArrayList<>();
    private final List<DayDistribution> deliveries = new ArrayList<>();
    private final BackgroundQueue<Object> queue = new BackgroundQueue<>("drift", 1_000, _ -> {
    });
    private final Observations observations = new Observations();
    private final List<Map<String, FeatureSketch.State>> replicas = new ArrayList<>();
    private LearnedForecaster forecaster;
    private int next;

    /** Prepares orders, and what a hundred replicas saw of them. */
    @Setup
    public void prepare() {
        Shipped shipped = Shipped.load();
        forecaster = shipped.forecaster();
        Instant first = shipped.bundle().manifest().knownUntil().plusSeconds(86_400);
        for (int i = 0; i < ORDERS; i++) {
            String postalCode = DESTINATIONS.get(i % DESTINATIONS.size());
            ForecastInput order = new ForecastInput(first.plusSeconds(i * 1_801L), "main", shipped.places().find("US", postalCode),
                    postalCode,
                    "standard",
                    List.of(new ForecastInput.Product("SKU-" + (1001 + i % 37), "standard", 1 + i % 3, (long) (i % 50), (long) (i % 7),
                            false)));
            orders.add(List.of(order));
            deliveries.add(forecaster.forecast(order).delivery());
        }
        for (int replica = 0; replica < REPLICAS; replica++) {
            Observations seen = new Observations();
            for (int i = 0; i < ORDERS_A_REPLICA; i++) {
                int order = (replica * 13 + i) % ORDERS;
                seen.add(forecaster, orders.get(order), deliveries.get(order));
            }
            replicas.add(states(seen));
        }
        queue.start();
    }

    /** Ends the queue's thread. */
    @TearDown
    public void close() {
        queue.stop();
    }

    /** Ours: all features of an order into their sketches, and its expected loss. */
    @Benchmark
    public void look() {
        int order = next();
        observations.add(forecaster, orders.get(order), deliveries.get(order));
    }

    /** What the caller itself does for an order that is looked at. */
    @Benchmark
    public boolean handOver() {
        return queue.offer(orders.get(next()));
    }

    /** The forecast that the order gets anyway. */
    @Benchmark
    public Forecast forecast() {
        return forecaster.forecast(orders.get(next()).getFirst());
    }

    /** All features of a hundred replicas put together. */
    @Benchmark
    public Map<String, FeatureSketch> merge() {
        Map<String, FeatureSketch> merged = new HashMap<>();
        for (Map<String, FeatureSketch.State> replica : replicas) {
            replica.forEach((feature, state) -> merged
                    .computeIfAbsent(feature, _ -> state.numbers() == null ? FeatureSketch.ofNames() : FeatureSketch.ofNumbers())
                    .merge(state));
        }
        return merged;
    }

    private int next() {
        next = (next + 1) % ORDERS;
        return next;
    }

    /** The bytes that one model's sketches take in a replica, as they are stored, after many orders. */
    static long bytes(int count) {
        DriftBenchmark benchmark = new DriftBenchmark();
        benchmark.prepare();
        for (int i = 0; i < count; i++) {
            benchmark.look();
        }
        benchmark.close();
        return states(benchmark.observations).values().stream()
                .mapToLong(state -> (state.numbers() == null ? 0 : state.numbers().length)
                        + state.names().keySet().stream().mapToLong(name -> name.length() + Long.BYTES).sum())
                .sum();
    }

    private static Map<String, FeatureSketch.State> states(Observations seen) {
        Map<String, FeatureSketch.State> states = new HashMap<>();
        seen.features().forEach((feature, sketch) -> states.put(feature, sketch.state()));
        return states;
    }
}
