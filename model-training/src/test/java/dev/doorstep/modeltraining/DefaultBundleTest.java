package dev.doorstep.modeltraining;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.forecasting.bundle.Bundle;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bundle that prediction-service ships is what docs/model.md says how to make. */
class DefaultBundleTest {
    private static final Path SHIPPED = Path.of("..", "prediction-service", "src", "main", "resources", "dev", "doorstep",
            "predictionservice", "model");
    private static final long MOST_BYTES = 5_000_000;

    @TempDir
    Path folder;

    @Test
    @Timeout(170)
    void documentedCommands_giveTheShippedBundle_byteForByte() throws Exception {
        String documented = Files.readString(Path.of("..", "docs", "model.md"));
        String generate = "generate --orders 40000 --seed 7 --out world";
        String train = "train --orders world/orders.csv --mapping world/mapping.yaml --policy default --seed 7 --name doorstep-default --out bundle";
        assertThat(documented).contains("./doorstep " + generate, "./doorstep " + train);
        run(generate.replace("world", folder.resolve("world").toString()));
        run(train.replace("world", folder.resolve("world").toString()).replace("--out bundle", "--out " + folder.resolve("bundle")));
        long bytes = 0;
        try (Stream<Path> files = Files.list(SHIPPED)) {
            for (Path file : files.toList()) {
                assertThat(folder.resolve("bundle").resolve(file.getFileName().toString())).hasSameBinaryContentAs(file);
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan(MOST_BYTES);
        assertThat(Bundle.read(SHIPPED).driftReference().matched()).as("each weekday of the three seasons that it saw").hasSize(21);
        assertThat(Bundle.read(SHIPPED).manifest()).isEqualTo(Bundle.read(folder.resolve("bundle")).manifest());
    }

    private static void run(String command) {
        StringWriter err = new StringWriter();
        assertThat(Main.line(new PrintWriter(new StringWriter()), new PrintWriter(err, true)).execute(command.split(" ", -1)))
                .as(err.toString())
                .isZero();
    }
}
