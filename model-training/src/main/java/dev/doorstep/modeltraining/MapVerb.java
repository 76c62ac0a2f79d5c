package dev.doorstep.modeltraining;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.modeltraining.orders.MappingDraft;
import dev.doorstep.modeltraining.orders.Table;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Drafts a mapping for an orders file. */
@Command(name = "map", description = "drafts a mapping for an orders file, to be looked at and edited")
final class MapVerb implements Callable<Integer> {
    private static final int MOST_ROWS = 5_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--orders", required = true, paramLabel = "F", description = "CSV or Parquet, plain or compressed")
    private Path orders;

    @Override
    public Integer call() {
        spec.commandLine().getOut().print(MappingDraft.of(Table.read(Shell.path(orders), null, MOST_ROWS), Places.load()));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
