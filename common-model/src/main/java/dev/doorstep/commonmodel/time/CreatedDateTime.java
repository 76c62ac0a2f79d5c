package dev.doorstep.commonmodel.time;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/**
 * Reads {@code createdDateTime}: epoch milliseconds in UTC as a number or as the same number in text, or ISO-8601 with an offset; from
 * 1970-01-01 to one day ahead of the clock, both included.
 */
public final class CreatedDateTime {
    /** How far ahead of the clock a document may be. */
    public static final Duration AHEAD = Duration.ofDays(1);

    private static final int LONGEST_TEXT = 64;

    private CreatedDateTime() {}

    /**
     * Reads the text of a JSON number or string.
     *
     * @return epoch milliseconds, not checked against the range
     * @throws DoorstepException {@code UNREADABLE_TIMESTAMP}, or {@code TIMESTAMP_OUT_OF_RANGE} for a number beyond 64 bits
     */
    public static long epochMillis(String field, String text) {
        String trimmed = text.strip();
        if (isInteger(trimmed)) {
            try {
                return Long.parseLong(trimmed);
            } catch (NumberFormatException _) {
                throw outOfRange(field, text);
            }
        }
        if (trimmed.length() <= LONGEST_TEXT) {
            try {
                return OffsetDateTime.parse(trimmed).toInstant().toEpochMilli();
            } catch (DateTimeParseException | ArithmeticException _) {
                // Falls through to the one answer for all that can't be read.
            }
        }
        throw DoorstepException.ofValue(ErrorCode.UNREADABLE_TIMESTAMP, field,
                "is neither epoch milliseconds nor ISO-8601 with an offset", text);
    }

    /**
     * Checks the range.
     *
     * @throws DoorstepException {@code TIMESTAMP_OUT_OF_RANGE}
     */
    public static void requireInRange(String field, long epochMillis, Instant now) {
        if (epochMillis < 0 || epochMillis > now.plus(AHEAD).toEpochMilli()) {
            throw outOfRange(field, Long.toString(epochMillis));
        }
    }

    private static DoorstepException outOfRange(String field, String value) {
        return DoorstepException.ofValue(ErrorCode.TIMESTAMP_OUT_OF_RANGE, field,
                "must lie between 1970-01-01 and one day ahead of the clock, in epoch milliseconds", value);
    }

    private static boolean isInteger(String text) {
        int from = text.startsWith("-") ? 1 : 0;
        if (text.length() == from) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
