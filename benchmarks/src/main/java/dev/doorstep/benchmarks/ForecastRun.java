package dev.doorstep.benchmarks;

import java.util.Map;

/** Runs {@link ForecastBenchmark} and prints its times and what it allocates. */
final class ForecastRun implements Main.Benchmark {
    @Override
    public void run(Figures figures) throws Exception {
        Map<String, Double> micros = Jmh.run(ForecastBenchmark.class, figures, "us");
        figures.ratio(Jmh.of(micros, "doorstep") / Jmh.of(micros, "lightGbm"), "lightGbm");
    }
}
