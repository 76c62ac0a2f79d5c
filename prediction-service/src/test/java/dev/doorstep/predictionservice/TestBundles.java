package dev.doorstep.predictionservice;

import dev.doorstep.forecasting.bundle.Bundle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Variants of the bundle that ships. */
final class TestBundles {
    static final Bundle SHIPPED = Bundle.read(TestBundles::open);

    private TestBundles() {}

    /** The same model under another version. */
    static String same(Path models, String version) throws IOException {
        return SHIPPED.publish(models, version, Map.of()).digest();
    }

    /** A model that expects everything a day earlier than it is. */
    static String hasty(Path models, String version) throws IOException {
        String settings = SHIPPED.text(Bundle.SETTINGS);
        String starts = "[ 1, 2, 3,";
        String end = "\"end\" : 48,";
        if (!settings.contains(starts) || !settings.contains(end)) {
            throw new IllegalStateException("the shipped bundle has another support");
        }
        StringBuilder shifted = new StringBuilder();
        for (String line : settings.split("\n", -1)) {
            if (line.contains("\"starts\"")) {
                String[] numbers = line.substring(line.indexOf('[') + 1, line.indexOf(']')).split(",", -1);
                StringBuilder list = new StringBuilder("\"starts\" : [");
                for (String number : numbers) {
                    list.append(list.toString().endsWith("[") ? "" : ", ").append(Integer.parseInt(number.strip()) - 1);
                }
                shifted.append(list).append("],\n");
            } else {
                shifted.append(line.replace(end, "\"end\" : 47,")).append('\n');
            }
        }
        return SHIPPED.publish(models, version, Map.of(Bundle.SETTINGS, shifted.toString().strip().getBytes(StandardCharsets.UTF_8)))
                .digest();
    }

    private static InputStream open(String file) throws IOException {
        return Objects.requireNonNull(PredictionApplication.class.getResourceAsStream("model/" + file), file);
    }
}
