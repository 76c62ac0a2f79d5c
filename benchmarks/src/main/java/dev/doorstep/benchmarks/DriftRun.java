package dev.doorstep.benchmarks;

import dev.doorstep.predictionservice.drift.Drift;
import java.util.Map;

/** Runs {@link DriftBenchmark}; a prediction costs what an order that is looked at does, divided by how few are. */
final class DriftRun implements Main.Benchmark {
    private static final int ORDERS = 1_000_000;

    @Override
    public void run(Figures figures) throws Exception {
        Map<String, Double> nanos = Jmh.run(DriftBenchmark.class, figures, "ns");
        double look = Jmh.of(nanos, "look");
        double each = (look + Jmh.of(nanos, "handOver")) / Drift.EVERY;
        figures.value("per-prediction", each, "ns");
        figures.value("merging-100-replicas", Jmh.of(nanos, "merge") / 1e6, "ms");
        figures.value("sketches-after-" + ORDERS + "-orders", DriftBenchmark.bytes(ORDERS) / 1024.0, "KiB");
        figures.ratio(each / Jmh.of(nanos, "forecast"), "forecast");
    }
}
