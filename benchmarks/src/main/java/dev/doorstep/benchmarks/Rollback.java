package dev.doorstep.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * From the first answer of a canary that misbehaves from its first forecast on, to the last one on any of two replicas: what it takes to
 * notice, to decide, and to follow, with the settings that ship; also while one of them, which may be the one that decides, is killed and
 * starts again. And how long replicas answer by different models when one is promoted.
 */
final class Rollback implements Main.Benchmark {
    private static final String SLOW = "1.0.1";
    private static final String FAILING = "1.0.2";
    private static final String NEXT = "1.0.3";
    /** On each replica; each answer is also written to DynamoDB Local on the same machine. */
    private static final int RATE = 40;
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final int TIMES = 5;
    /** Of nobody who is known, so that each request falls to either model. */
    private static final String ANYONE = ServingParts.ORDER.replace(",\"sessionId\":\"s-1\"", "");
    private static final String HALF = "[{\"percent\":50,\"bake\":\"P1D\"}]";

    @Override
    public void run(Figures figures) throws Exception {
        try (ServingParts parts = ServingParts.start(2, Map.of("DOORSTEP_ROLLOUT_FAULTS_0_VERSION", SLOW, "DOORSTEP_ROLLOUT_FAULTS_0_DELAY",
                "20ms", "DOORSTEP_ROLLOUT_FAULTS_1_VERSION", FAILING, "DOORSTEP_ROLLOUT_FAULTS_1_ERRORSHARE", "0.5"))) {
            parts.register(SLOW, FAILING);
            for (String url : parts.urls()) {
                parts.load().fixedRate(url, ServingParts.ORDER, RATE, WARM_UP);
            }
            measure(figures, parts, "slow", SLOW, false);
            measure(figures, parts, "failing", FAILING, false);
            measure(figures, parts, "restarting", FAILING, true);
            flips(figures, parts);
        }
    }

    private static void measure(Figures figures, ServingParts parts, String name, String version, boolean restarts)
            throws IOException, InterruptedException {
        double[] seconds = new double[TIMES];
        long failed = 0;
        for (int i = 0; i < TIMES; i++) {
            parts.operators().reset(ServingParts.SHIPPED, version);
            List<SteadyLoad> loads = new ArrayList<>();
            parts.urls().forEach(url -> loads.add(parts.load().steady(url, ANYONE, RATE)));
            try {
                String rolloutId = parts.operators().start(version, "canary", HALF);
                if (restarts) {
                    awaitAnswer(loads, version);
                    // In turns, since either of them may be the one that decides; the first one is asked for the state.
                    parts.restart(i % parts.urls().size());
                }
                parts.await(rolloutId, "rolled-back");
            } finally {
                loads.forEach(SteadyLoad::close);
            }
            seconds[i] = seconds(loads, version);
            failed += loads.stream().mapToLong(SteadyLoad::failed).sum();
        }
        figures.value(name + "-first-to-last-answer", Figures.median(seconds), "s");
        figures.value(name + "-longest", Arrays.stream(seconds).max().orElseThrow(), "s");
        if (!restarts) {
            // Who is killed answers nobody.
            figures.value(name + "-failed", (double) failed, "requests");
        }
    }

    private static void awaitAnswer(List<SteadyLoad> loads, String version) {
        while (loads.stream().allMatch(load -> load.first(version) == Long.MAX_VALUE)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** From the first answer of a model that was promoted, on any replica, to the last one of the model before it. */
    private static void flips(Figures figures, ServingParts parts) throws IOException, InterruptedException {
        parts.register(NEXT);
        double[] seconds = new double[TIMES];
        for (int i = 0; i < TIMES; i++) {
            parts.operators().reset(ServingParts.SHIPPED, NEXT);
            List<SteadyLoad> loads = new ArrayList<>();
            parts.urls().forEach(url -> loads.add(parts.load().steady(url, ANYONE, RATE)));
            try {
                parts.promote(NEXT);
                for (SteadyLoad load : loads) {
                    awaitAnswer(List.of(load), NEXT);
                }
            } finally {
                loads.forEach(SteadyLoad::close);
            }
            long first = loads.stream().mapToLong(load -> load.first(NEXT)).min().orElseThrow();
            long last = loads.stream().mapToLong(load -> load.last(ServingParts.SHIPPED)).max().orElseThrow();
            seconds[i] = Math.max(0, last - first) / 1e9;
        }
        figures.value("flip-until-all-follow", Figures.median(seconds), "s");
        figures.value("flip-longest", Arrays.stream(seconds).max().orElseThrow(), "s");
    }

    private static double seconds(List<SteadyLoad> loads, String version) {
        long first = loads.stream().mapToLong(load -> load.first(version)).min().orElseThrow();
        long last = loads.stream().mapToLong(load -> load.last(version)).max().orElseThrow();
        if (first > last) {
            throw new IllegalStateException("version " + version + " never answered");
        }
        return (last - first) / 1e9;
    }
}
