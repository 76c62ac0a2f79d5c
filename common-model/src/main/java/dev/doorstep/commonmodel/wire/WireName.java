package dev.doorstep.commonmodel.wire;

import java.util.Locale;

/** How constants are written in JSON and told to people: in lower case, with hyphens. */
public final class WireName {
    private WireName() {}

    /** The name of a constant; Jackson reads it back where the constant's {@code JsonValue} gives it. */
    public static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
