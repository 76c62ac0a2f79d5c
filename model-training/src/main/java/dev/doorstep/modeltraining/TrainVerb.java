package dev.doorstep.modeltraining;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.modeltraining.training.FeatureFile;
import dev.doorstep.modeltraining.training.Progress;
import dev.doorstep.modeltraining.training.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a calibrated model on a store's own orders. */
@Command(name = "train", description = "trains a calibrated model bundle on an orders file, with a report")
final class TrainVerb extends MakingVerb {
    @Option(names = "--features-out", paramLabel = "F", description = "Parquet file for the features, a row for each order and candidate day")
    private @Nullable Path featuresOut;

    @Override
    void made(Trainer trainer, Path bundle, Progress progress) throws IOException {
        if (featuresOut != null) {
            progress.next("writing features to " + featuresOut, 0);
            FeatureFile.write(Shell.path(featuresOut), trainer, Bundle.read(bundle));
        }
    }
}
