package dev.doorstep.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * A thousand models, each loaded, verified, warmed up, made active and let go again, under load: requests that failed, and the heap after a
 * full collection early and at the end.
 */
final class Swap implements Main.Benchmark {
    private static final int SWAPS = 1_000;
    /** By then every class is loaded and every cache has its size. */
    private static final int SETTLED = 100;
    private static final int RATE = 100;
    private static final Duration CALM = Duration.ofSeconds(15);
    /** Three, so that the next one is neither active nor kept as the last good one. */
    private static final List<String> VERSIONS = List.of("1.0.1", "1.0.2", "1.0.3");

    @Override
    public void run(Figures figures) throws Exception {
        try (ServingParts parts = ServingParts.start(1, Map.of("DOORSTEP_ROLLOUT_POLL", "50ms"))) {
            parts.register(VERSIONS.toArray(String[]::new));
            String url = parts.urls().getFirst();
            // Once to warm up.
            parts.load().fixedRate(url, ServingParts.ORDER, RATE, CALM);
            Histogram before = parts.load().fixedRate(url, ServingParts.ORDER, RATE, CALM);
            SteadyLoad load = parts.load().steady(url, ServingParts.ORDER, RATE);
            double early;
            double late;
            try (load) {
                swap(parts, 0, SETTLED);
                early = parts.heap();
                long started = System.nanoTime();
                swap(parts, SETTLED, SWAPS);
                figures.value("swap", (System.nanoTime() - started) / 1e6 / (SWAPS - SETTLED), "ms");
                late = parts.heap();
            }
            figures.value("failed", (double) load.failed(), "of " + (load.latencies().getTotalCount() + load.failed()) + " requests");
            figures.value("heap-after-" + SETTLED, early / (1 << 20), "MiB");
            figures.value("heap-after-" + SWAPS, late / (1 << 20), "MiB");
            figures.ratio(late / early, "heap-after-" + SETTLED);
            figures.latencies("while-swapping", load.latencies());
            figures.latencies("before", before);
        }
    }

    private static void swap(ServingParts parts, int from, int to) throws IOException, InterruptedException {
        for (int i = from; i < to; i++) {
            parts.promote(VERSIONS.get(i % VERSIONS.size()));
        }
    }
}
