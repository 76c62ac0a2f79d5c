package dev.doorstep.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What a model in shadow costs those who ask: latencies with one and without, in turns on the same replica. */
final class Shadow implements Main.Benchmark {
    private static final int RATE = 100;
    private static final int ROUNDS = 8;
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final Duration ROUND = Duration.ofSeconds(15);
    private static final String VERSION = "1.0.1";

    @Override
    public void run(Figures figures) throws Exception {
        try (ServingParts parts = ServingParts.start(1, Map.of())) {
            parts.register(VERSION);
            String url = parts.urls().getFirst();
            // At a hundred requests a second the compilers would be busy for all rounds.
            parts.await(parts.operators().start(VERSION, "shadow", null), "shadow");
            parts.load().closed(url, ServingParts.ORDER, WARM_UP);
            parts.operators().reset(ServingParts.SHIPPED, VERSION);
            double forecastBefore = counted(parts, "run");
            double droppedBefore = counted(parts, "dropped");
            round(parts, url);
            round(parts, url);
            Histogram without = new Histogram(3);
            Histogram with = new Histogram(3);
            double[] p50 = new double[ROUNDS];
            double[] p99 = new double[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                Histogram calm = round(parts, url);
                parts.await(parts.operators().start(VERSION, "shadow", null), "shadow");
                Histogram shadowed = round(parts, url);
                parts.operators().reset(ServingParts.SHIPPED, VERSION);
                p50[i] = ratio(shadowed, calm, 50);
                p99[i] = ratio(shadowed, calm, 99);
                without.add(calm);
                with.add(shadowed);
            }
            figures.latencies("with-shadow", with);
            figures.latencies("without", without);
            figures.value("p50-with-over-without", Figures.median(p50), "median of " + ROUNDS + " rounds");
            figures.value("p99-with-over-without", Figures.median(p99), "median of " + ROUNDS + " rounds");
            figures.ratio(ratio(with, without, 99), "p99-without");
            figures.value("forecast", counted(parts, "run") - forecastBefore, "in shadow");
            figures.value("dropped", counted(parts, "dropped") - droppedBefore, "of the queue");
        }
    }

    private static double counted(ServingParts parts, String result) throws IOException, InterruptedException {
        return parts.metric("doorstep_rollout_shadow_total{result=\"" + result + "\"");
    }

    private static double ratio(Histogram one, Histogram other, double percentile) {
        return (double) one.getValueAtPercentile(percentile) / other.getValueAtPercentile(percentile);
    }

    private static Histogram round(ServingParts parts, String url) throws InterruptedException {
        return parts.load().fixedRate(url, ServingParts.ORDER, RATE, ROUND);
    }
}
