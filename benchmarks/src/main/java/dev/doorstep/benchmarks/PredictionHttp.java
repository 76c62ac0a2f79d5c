package dev.doorstep.benchmarks;

import dev.doorstep.benchmarks.echo.EchoApplication;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code POST /v1/predictions} with its features in the near-cache, beside the echo: a Spring endpoint that parses the same request through
 * the same filters and codec and answers a constant of the same size, on the same JVM settings in the same run.
 */
final class PredictionHttp implements Main.Benchmark {
    /** The second compiler is busy that long with what a request goes through, on two cores that also serve. */
    private static final Duration WARM_UP = Duration.ofMinutes(2);
    private static final Duration ECHO_WARM_UP = Duration.ofSeconds(30);
    private static final Duration ROUND = Duration.ofSeconds(6);
    private static final int ROUNDS = 5;
    private static final int RATE = 500;
    private static final int BATCH = 100;

    @Override
    public void run(Figures figures) throws Exception {
        try (ServingParts parts = ServingParts.start(1, Map.of())) {
            measure(figures, parts.load(), parts.urls().getFirst(), parts.addReference(EchoApplication.class));
        }
    }

    private static void measure(Figures figures, Load load, String prediction, String echo) throws IOException, InterruptedException {
        load.closed(prediction, ServingParts.ORDER, WARM_UP);
        load.closed(echo, ServingParts.ORDER, ECHO_WARM_UP);
        // This client starts cold, and what it waits for itself counts as the server's.
        load.fixedRate(echo, ServingParts.ORDER, RATE, ROUND);
        // Before the rounds: in the echo's turn the journal caught up with what the warm-up left it.
        figures.latencies("at-" + RATE + "/s", load.fixedRate(prediction, ServingParts.ORDER, RATE, ROUND));
        figures.latencies("echo-at-" + RATE + "/s", load.fixedRate(echo, ServingParts.ORDER, RATE, ROUND));
        double[] served = new double[ROUNDS];
        double[] echoed = new double[ROUNDS];
        double[] ratios = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            served[round] = load.closed(prediction, ServingParts.ORDER, ROUND);
            echoed[round] = load.closed(echo, ServingParts.ORDER, ROUND);
            ratios[round] = served[round] / echoed[round];
        }
        figures.value("requests", Figures.median(served), "requests/s");
        figures.value("echo-requests", Figures.median(echoed), "requests/s");
        figures.ratio(Figures.median(ratios), "echo");
        batches(figures, load, prediction, Figures.median(served));
    }

    /** Predictions per second in batches of 100, beside those of single requests. */
    private static void batches(Figures figures, Load load, String prediction, double single) throws IOException, InterruptedException {
        String batch = IntStream.range(0, BATCH).mapToObj(i -> "{\"id\":\"" + i + "\"," + ServingParts.ORDER.substring(1))
                .collect(Collectors.joining(",", "{\"requests\":[", "]}"));
        load.closed(prediction + "/batch", batch, ROUND);
        double inBatches = BATCH * load.closed(prediction + "/batch", batch, ROUND);
        figures.value("batch-" + BATCH, inBatches, "predictions/s");
        figures.value("batch-" + BATCH + "-ratio", inBatches / single, "of single requests");
    }
}
