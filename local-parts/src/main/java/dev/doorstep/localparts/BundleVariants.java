package dev.doorstep.localparts;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.Support;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;

/** Candidates for rollouts, made of a bundle that is there. */
public final class BundleVariants {
    private BundleVariants() {}

    /** The same model under another version; its digest. */
    public static String same(Bundle bundle, Path models, String version) throws IOException {
        return bundle.publish(models, version, Map.of()).digest();
    }

    /** A model that is far too sure of itself: where 1 in 5 will be there by a day, it says 4 in 5; its digest. */
    public static String hasty(Bundle bundle, Path models, String version) throws IOException {
        return calibrated(bundle, models, version, share -> 1 - Math.pow(1 - share, 8));
    }

    private static String calibrated(Bundle bundle, Path models, String version, DoubleUnaryOperator error) throws IOException {
        Calibration calibration = bundle.calibration();
        Map<String, double[]> groups = new TreeMap<>();
        calibration.groups().forEach((group, correction) -> groups.put(group, Arrays.stream(correction).map(error).toArray()));
        return bundle.publish(models, version, Map.of(Bundle.CALIBRATION, Bundle.toJson(new Calibration(
                Arrays.stream(calibration.all()).map(error).toArray(), groups, calibration.counts(), calibration.correlations()))))
                .digest();
    }

    /** A model that promises far too late: where 9 in 10 will be there by a day, it says 1 in 4; its digest. */
    public static String timid(Bundle bundle, Path models, String version) throws IOException {
        return calibrated(bundle, models, version, share -> 1 - Math.pow(1 - share, 1.0 / 8));
    }

    /** A model over other days, which is another model; its digest. */
    public static String other(Bundle bundle, Path models, String version) throws IOException {
        ModelSettings settings = bundle.settings();
        Support support = settings.support();
        Support earlier = new Support(Arrays.stream(support.starts()).map(day -> day - 1).toArray(), support.end() - 1, support.shares());
        return bundle.publish(models, version, Map.of(Bundle.SETTINGS, Bundle.toJson(new ModelSettings(settings.zone(), settings.anchor(),
                settings.oldestHistoryDays(), settings.earliestOpenDay(), earlier, settings.clocks(), settings.timeOfDay())))).digest();
    }
}
