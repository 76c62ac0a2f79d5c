package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parts of an answer that only come when asked for. */
enum Include {
    /** Each day with its probability. */
    DISTRIBUTION,
    /** The likely way there. */
    TIMELINE,
    /** The dates of other services and confidences. */
    OPTIONS,
    /** The past deliveries that the probability was corrected by. */
    CALIBRATION,
    /** What was known of the order; for servers. */
    FEATURES,
    /** What moved the date; for servers. */
    REASONS;

    /**
     * Reads the query parameter.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} for a part that does not exist
     */
    static Set<Include> parse(@Nullable List<String> names) {
        Set<Include> parts = EnumSet.noneOf(Include.class);
        for (String name : names == null ? List.<String>of() : names) {
            parts.add(Arrays.stream(values()).filter(part -> part.name().toLowerCase(Locale.ROOT).equals(name)).findFirst()
                    .orElseThrow(() -> new DoorstepException(ErrorCode.INVALID_REQUEST, "include",
                            "include takes distribution, timeline, options, calibration, features and reasons: "
                                    + DoorstepException.shown(name))));
        }
        return parts;
    }
}
