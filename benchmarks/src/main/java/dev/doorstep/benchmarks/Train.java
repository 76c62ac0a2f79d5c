package dev.doorstep.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code ./doorstep train} on 100,000 synthetic orders with its report, beside the generating of them and one evaluation of the bundle
 * on all of them.
 */
final class Train implements Main.Benchmark {
    private static final String ORDERS = "100000";

    @Override
    public void run(Figures figures) throws Exception {
        Path folder = Files.createTempDirectory("doorstep-bench");
        // The first verb builds what is not built.
        seconds("generate", "--orders", "10", "--out", folder.resolve("none").toString());
        String world = folder.resolve("world").toString();
        figures.value("generate", seconds("generate", "--orders", ORDERS, "--seed", "1", "--out", world), "s");
        List<String> orders = List.of("--orders", world + "/orders.csv", "--mapping", world + "/mapping.yaml");
        List<String> train = new ArrayList<>(List.of("train", "--policy", "default", "--out", folder.resolve("bundle").toString()));
        train.addAll(orders);
        figures.value("train-" + ORDERS, seconds(train.toArray(String[]::new)), "s");
        List<String> evaluate = new ArrayList<>(List.of("evaluate", "--bundle", folder.resolve("bundle").toString()));
        evaluate.addAll(orders);
        figures.value("evaluate-" + ORDERS, seconds(evaluate.toArray(String[]::new)), "s");
    }

    private static double seconds(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("./doorstep"));
        command.addAll(List.of(arguments));
        long started = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(arguments[0] + " failed");
        }
        return (System.nanoTime() - started) / (double) TimeUnit.SECONDS.toNanos(1);
    }
}
