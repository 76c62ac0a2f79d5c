package dev.doorstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ForecastBenchmark} and prints its times and what it allocates. */
final class ForecastRun implements Main.Benchmark {
    @Override
    public void run(Figures figures) throws IOException, RunnerException {
        Path folder = Files.createTempDirectory("doorstep-bench");
        ChainedOptionsBuilder options = new OptionsBuilder().include(ForecastBenchmark.class.getName()).forks(2).warmupIterations(3)
                .warmupTime(TimeValue.seconds(2)).measurementIterations(5).measurementTime(TimeValue.seconds(2))
                .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT)
                .jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + folder, "-Dlogback.configurationFile=child-logback.xml");
        Map<String, Double> micros = new HashMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String name = result.getPrimaryResult().getLabel();
            micros.put(name, result.getPrimaryResult().getScore());
            figures.value(name, result.getPrimaryResult().getScore(), "us");
            figures.value(name + "-allocated", Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore(),
                    "B");
        }
        figures.ratio(Objects.requireNonNull(micros.get("doorstep")) / Objects.requireNonNull(micros.get("lightGbm")), "lightGbm");
    }
}
