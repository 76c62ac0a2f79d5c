package dev.doorstep.predictionservice;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.localparts.BundleVariants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Variants of the bundle that ships. */
final class TestBundles {
    private static final Bundle SHIPPED = Bundle
            .read(file -> Objects.requireNonNull(PredictionApplication.class.getResourceAsStream("model/" + file), file));

    private TestBundles() {}

    static String same(Path models, String version) throws IOException {
        return BundleVariants.same(SHIPPED, models, version);
    }

    static String other(Path models, String version) throws IOException {
        return BundleVariants.other(SHIPPED, models, version);
    }

    static String hasty(Path models, String version) throws IOException {
        return BundleVariants.hasty(SHIPPED, models, version);
    }

    static String timid(Path models, String version) throws IOException {
        return BundleVariants.timid(SHIPPED, models, version);
    }

    static String grownForSomethingElse(Path models, String version) throws IOException {
        String forest = SHIPPED.text(Bundle.MODEL).replace("objective=binary sigmoid:1", "objective=regression");
        return SHIPPED.publish(models, version, Map.of(Bundle.MODEL, forest.getBytes(StandardCharsets.UTF_8))).digest();
    }
}
