package dev.doorstep.modeltraining;

import dev.doorstep.modeltraining.training.GivenModel;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Calibrates a model that was grown elsewhere, on orders that it was not grown on. */
@Command(name = "package", description = "calibrates a notebook's own model into a bundle, with a report")
final class PackageVerb extends MakingVerb {
    @Option(names = "--model", required = true, paramLabel = "F", description = "LightGBM's model file, or an ONNX tree ensemble (.onnx)")
    private Path model;

    @Option(names = "--features", required = true, paramLabel = "F", description = "YAML: the model's features in order, and its categories")
    private Path features;

    @Override
    GivenModel given() {
        return GivenModel.read(Shell.path(model), Shell.path(features));
    }
}
