package dev.doorstep.forecasting.bundle;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Holds a version against what really changed: semantic versions of models. */
public final class Compatibility {
    private static final Pattern VERSION = Pattern.compile("(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})\\.(0|[1-9]\\d{0,8})");

    private Compatibility() {}

    /** What changed between two models, from least to most. */
    public enum Level {
        /** Calibration only, or what is not served. */
        PATCH,
        /** The forest, or more features. */
        MINOR,
        /** The meaning of features or answers. */
        MAJOR
    }

    /** What changed from one bundle to another. */
    public static Level between(Bundle from, Bundle to) {
        Map<String, Object> before = features(from);
        Map<String, Object> after = features(to);
        boolean kept = before.entrySet().stream().allMatch(feature -> feature.getValue().equals(after.get(feature.getKey())));
        if (!kept || !from.manifest().name().equals(to.manifest().name()) || from.settings().anchor() != to.settings().anchor()
                || !from.settings().zone().equals(to.settings().zone())) {
            return Level.MAJOR;
        }
        boolean served = List.of(Bundle.MODEL, Bundle.SETTINGS, Bundle.SCHEMA).stream()
                .allMatch(file -> Objects.equals(from.manifest().files().get(file), to.manifest().files().get(file)));
        return served ? Level.PATCH : Level.MINOR;
    }

    private static Map<String, Object> features(Bundle bundle) {
        return bundle.schema().schema().features().stream().collect(Collectors.toMap(each -> each.name(), each -> each));
    }

    /**
     * Requires that a bundle's version says at least what changed.
     *
     * @throws DoorstepException {@code MODEL_CONFLICT} that names both versions and what changed
     */
    public static void requireHonestVersion(Bundle from, Bundle to) {
        long[] before = parts(from.manifest().version());
        long[] after = parts(to.manifest().version());
        Level level = between(from, to);
        long[] least = switch (level) {
            case MAJOR -> new long[]{before[0] + 1, 0, 0};
            case MINOR -> new long[]{before[0], before[1] + 1, 0};
            case PATCH -> new long[]{before[0], before[1], before[2] + 1};
        };
        if (Arrays.compare(after, least) < 0) {
            throw new DoorstepException(ErrorCode.MODEL_CONFLICT, "version",
                    "version " + to.manifest().version() + " says less than what changed since " + from.manifest().version()
                            + ": it must be "
                            + least[0] + "." + least[1] + "." + least[2] + " or later, since "
                            + switch (level) {
                                case MAJOR -> "features or answers mean something else";
                                case MINOR -> "the model was retrained or has more features";
                                case PATCH -> "it was recalibrated";
                            });
        }
    }

    /**
     * Requires that a version is one.
     *
     * @throws DoorstepException {@code MODEL_CONFLICT}
     */
    public static void requireVersion(String version) {
        parts(version);
    }

    private static long[] parts(String version) {
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches()) {
            throw new DoorstepException(ErrorCode.MODEL_CONFLICT, "version",
                    "version must be MAJOR.MINOR.PATCH: " + DoorstepException.shown(version));
        }
        return new long[]{Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))};
    }
}
