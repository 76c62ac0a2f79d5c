package dev.doorstep.benchmarks;

import java.util.LinkedHashMap;
import java.util.Map;

/** Runs benchmarks by name; each prints lines {@code NAME METRIC VALUE UNIT} and {@code NAME ratio VALUE REFERENCE}. */
public final class Main {
    private Main() {}

    /** One benchmark. */
    @FunctionalInterface
    interface Benchmark {
        void run(Figures figures) throws Exception;
    }

    @SuppressWarnings("SystemOut") // the figures are the program's output
    public static void main(String[] arguments) throws Exception {
        Map<String, Benchmark> benchmarks = new LinkedHashMap<>();
        benchmarks.put("derive", new Derive());
        benchmarks.put("drift", new DriftRun());
        benchmarks.put("elasticsearch", new SearchLoop());
        benchmarks.put("event-to-prediction", new EventToPrediction());
        benchmarks.put("forecast", new ForecastRun());
        benchmarks.put("ingest", new Ingest());
        benchmarks.put("kinesis-to-prediction", new KinesisToPrediction());
        benchmarks.put("prediction-http", new PredictionHttp());
        benchmarks.put("rollback", new Rollback());
        benchmarks.put("shadow", new Shadow());
        benchmarks.put("swap", new Swap());
        benchmarks.put("train", new Train());
        for (String name : arguments.length == 0 ? benchmarks.keySet().toArray(String[]::new) : arguments) {
            Benchmark benchmark = benchmarks.get(name);
            if (benchmark == null) {
                System.err.println("doorstep: no benchmark " + name + ", there are " + String.join(", ", benchmarks.keySet()));
                System.exit(2);
            } else {
                benchmark.run(new Figures(name, System.out));
            }
        }
        // Some clients keep threads that would hold the JVM.
        System.exit(0);
    }
}
