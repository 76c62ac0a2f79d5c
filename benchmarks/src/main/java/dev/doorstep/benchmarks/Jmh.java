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

/** Runs the methods of a JMH benchmark, with the same warm-up and forks for all. */
final class Jmh {
    private Jmh() {}

    /** Times by method, which are printed with what each call allocates. */
    static Map<String, Double> run(Class<?> benchmark, Figures figures, String unit) throws IOException, RunnerException {
        Path folder = Files.createTempDirectory("doorstep-bench");
        ChainedOptionsBuilder options = new OptionsBuilder().include(benchmark.getName()).forks(2).warmupIterations(3)
                .warmupTime(TimeValue.seconds(2)).measurementIterations(5).measurementTime(TimeValue.seconds(2))
                .addProfiler(GCProfiler.class).verbosity(VerboseMode.SILENT)
                .jvmArgs("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-XX:+UseSerialGC",
                        "-Djava.io.tmpdir=" + folder, "-Dlogback.configurationFile=child-logback.xml");
        Map<String, Double> times = new HashMap<>();
        for (RunResult result : new Runner(options.build()).run()) {
            String name = result.getPrimaryResult().getLabel();
            times.put(name, result.getPrimaryResult().getScore());
            figures.value(name, result.getPrimaryResult().getScore(), unit);
            figures.value(name + "-allocated", Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore(),
                    "B");
        }
        return times;
    }

    /** One method's time. */
    static double of(Map<String, Double> times, String method) {
        return Objects.requireNonNull(times.get(method), method);
    }
}
