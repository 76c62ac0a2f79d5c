package dev.doorstep.modeltraining.training;

import java.util.LinkedHashMap;
import java.util.Map;

/** What each feature gained a forest, as LightGBM writes it behind the trees. */
public final class Importances {
    private static final String START = "feature_importances:\n";

    private Importances() {}

    /** Gains by feature, the largest first; empty where the file has none. */
    public static Map<String, Double> of(String model) {
        Map<String, Double> gains = new LinkedHashMap<>();
        int start = model.indexOf(START);
        if (start >= 0) {
            model.substring(start + START.length()).lines().takeWhile(line -> line.contains("=")).forEach(
                    line -> gains.put(line.substring(0, line.indexOf('=')), Double.parseDouble(line.substring(line.indexOf('=') + 1))));
        }
        return gains;
    }
}
