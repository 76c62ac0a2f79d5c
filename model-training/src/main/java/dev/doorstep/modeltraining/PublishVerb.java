package dev.doorstep.modeltraining;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.Manifest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts a bundle where services find it. */
@Command(name = "publish", description = "puts a bundle into the folder of all models, under its digest, and prints that")
final class PublishVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--bundle", required = true, paramLabel = "DIR")
    private Path bundle;

    @Option(names = "--models", required = true, paramLabel = "DIR", description = "what doorstep.rollout.models names")
    private Path models;

    @Option(names = "--version", paramLabel = "V", description = "semantic; default the bundle's own")
    private @Nullable String version;

    @Override
    public Integer call() throws IOException {
        Bundle read = Bundle.read(Shell.path(bundle));
        Manifest published = read.publish(Shell.path(models), Objects.requireNonNullElse(version, read.manifest().version()), Map.of());
        spec.commandLine().getOut().println(published.digest());
        return 0;
    }
}
