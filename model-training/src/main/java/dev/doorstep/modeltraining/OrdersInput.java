package dev.doorstep.modeltraining;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.MappingReader;
import dev.doorstep.modeltraining.orders.OrdersFile;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The orders file and the mapping that most verbs read. */
final class OrdersInput {
    private static final int MOST_THREADS = 256;

    @Option(names = "--orders", required = true, paramLabel = "F", description = "CSV or Parquet, plain or compressed")
    private Path orders;

    @Option(names = "--mapping", required = true, paramLabel = "M", description = "YAML: which columns mean what; ./doorstep map drafts one")
    private Path mapping;

    /** What both hold. */
    record Read(Places places, Mapping mapping, OrdersFile file) {}

    /** Refuses a number of threads that LightGBM would take for its own choice, or that no machine has. */
    static void requireThreads(CommandLine line, int threads) {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new ParameterException(line, "--threads must lie between 1 and " + MOST_THREADS + ": " + threads);
        }
    }

    Path orders() {
        return Shell.path(orders);
    }

    Path mapping() {
        return Shell.path(mapping);
    }

    /**
     * Reads both.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code INVALID_REQUEST} that names what is wrong with either
     */
    Read read() {
        Places places = Places.load();
        Mapping columns = MappingReader.read(mapping());
        return new Read(places, columns, OrdersFile.read(orders(), columns, places));
    }
}
