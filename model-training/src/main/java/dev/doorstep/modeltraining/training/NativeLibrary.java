package dev.doorstep.modeltraining.training;

import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads LightGBM from a folder of this process alone. Left to itself, lightgbm4j unpacks it under one name for the whole machine, and a
 * second training would overwrite the code that the first one runs.
 */
final class NativeLibrary {
    private static final String FOLDER = "java.io.tmpdir";

    private NativeLibrary() {}

    /** Loads it; what was unpacked is removed again, which a loaded library does not mind. */
    static void load() {
        String shared = System.getProperty(FOLDER);
        try {
            Path own = Files.createTempDirectory("doorstep-lightgbm");
            System.setProperty(FOLDER, own.toString());
            Class.forName(LGBMBooster.class.getName());
            Class.forName(LGBMDataset.class.getName());
            try (Stream<Path> files = Files.list(own)) {
                for (Path file : List.copyOf(files.toList())) {
                    Files.delete(file);
                }
            }
            Files.delete(own);
        } catch (IOException e) {
            throw new UncheckedIOException("LightGBM can't be unpacked", e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("lightgbm4j is not what it was compiled with", e);
        } finally {
            System.setProperty(FOLDER, shared);
        }
    }
}
