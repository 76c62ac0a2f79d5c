package dev.doorstep.modeltraining;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.modeltraining.evaluation.Backtest;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.training.Input;
import dev.doorstep.modeltraining.training.Origins;
import dev.doorstep.modeltraining.training.Progress;
import dev.doorstep.modeltraining.training.Trainer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains at several cut-offs and tests each model on the orders up to the next. */
@Command(name = "backtest", description = "trains at rolling cut-offs on what was delivered by then, and pools the tests")
final class BacktestVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private final OrdersInput input = new OrdersInput();

    @Option(names = "--cutoffs", defaultValue = "6", paramLabel = "N", description = "1 to 24")
    private int cutoffs;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N")
    private long seed;

    @Option(names = "--threads", defaultValue = "2", paramLabel = "N")
    private int threads;

    @Override
    public Integer call() {
        if (cutoffs < 1 || cutoffs > 24) {
            throw new ParameterException(spec.commandLine(), "--cutoffs must lie between 1 and 24: " + cutoffs);
        }
        OrdersInput.requireThreads(spec.commandLine(), threads);
        OrdersInput.Read read = input.read();
        OrdersFile file = read.file();
        List<List<Instant>> all = Origins.rolling(file, cutoffs);
        Backtest backtest = new Backtest();
        for (int i = 0; i < all.size(); i++) {
            Instant until = i + 1 < all.size() ? all.get(i + 1).getLast() : file.until().plusMillis(1);
            System.err.println("cut-off " + (i + 1) + " of " + cutoffs + ": " + all.get(i).getLast());
            backtest.add(
                    new Trainer(new Input(file, read.mapping(), read.places(), null, seed, threads, "backtest", "1.0.0", Map.of(), null),
                            all.get(i),
                            new Progress(System.err, Clock.systemUTC())).test(until));
        }
        spec.commandLine().getOut().println(new String(Bundle.toJson(backtest.result(seed)), StandardCharsets.UTF_8).strip());
        return 0;
    }
}
