package dev.doorstep.modeltraining;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.syntheticworld.Generator;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a synthetic store's orders, their clickstream, their outcomes and the truth behind them. */
@Command(name = "generate", description = "writes a synthetic store's orders with their clickstream, outcomes and true distributions")
final class GenerateVerb implements Callable<Integer> {
    private static final int MOST = 5_000_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--orders", required = true, paramLabel = "N", description = "orders, 1 to 5,000,000")
    private int orders;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "S", description = "the same seed gives the same store")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR")
    private Path out;

    @Override
    public Integer call() throws Exception {
        if (orders < 1 || orders > MOST) {
            throw new ParameterException(spec.commandLine(), "--orders must lie between 1 and " + MOST + ": " + orders);
        }
        Places places = Places.load();
        new Generator(seed, orders, new PolicyReader(places).readDefault().policy(), places, new Calendars()).write(Shell.path(out));
        System.err.println("wrote " + orders + " orders to " + out.resolve(Generator.ORDERS) + ", with " + Generator.MAPPING + ", "
                + Generator.TRUTH + " and " + Generator.CLICKSTREAM);
        return 0;
    }
}
