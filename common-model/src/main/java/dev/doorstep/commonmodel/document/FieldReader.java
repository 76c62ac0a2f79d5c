package dev.doorstep.commonmodel.document;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the value at a parser's current token as one kind of field, or refuses it by name. */
final class FieldReader {
    private final JsonParser parser;

    FieldReader(JsonParser parser) {
        this.parser = parser;
    }

    /** A text or number of at most {@code maxLength} characters; null for JSON null. */
    @Nullable
    String text(String path, int maxLength) {
        String text = scalar(path, "text");
        if (text != null && text.length() > maxLength) {
            throw invalid(path, "has " + text.length() + " characters, more than " + maxLength, text);
        }
        if (text != null && hasLoneSurrogate(text)) {
            throw invalid(path, "has half of a surrogate pair, which no UTF-8 text can hold", text.replaceAll("\\p{Cs}", "?"));
        }
        return text;
    }

    /** Like {@link #text}, and an empty or blank text counts as absent. */
    @Nullable
    String key(String path, int maxLength) {
        String text = text(path, maxLength);
        return text == null || text.isBlank() ? null : text;
    }

    /** A whole number, also as text; null for JSON null. */
    @Nullable
    Integer integer(String path, int from, int to) {
        String text = scalar(path, "a whole number");
        if (text == null) {
            return null;
        }
        long value;
        try {
            value = Long.parseLong(text);
        } catch (NumberFormatException _) {
            throw invalid(path, "is not a whole number", text);
        }
        if (value < from || value > to) {
            throw invalid(path, "must lie between " + from + " and " + to, text);
        }
        return (int) value;
    }

    /** A finite number of 0 or more, also as text; null for JSON null. */
    @Nullable
    Double price(String path) {
        String text = scalar(path, "a number");
        if (text == null) {
            return null;
        }
        double value;
        try {
            value = Double.parseDouble(text);
        } catch (NumberFormatException _) {
            throw invalid(path, "is not a number", text);
        }
        if (!Double.isFinite(value) || value < 0) {
            throw invalid(path, "must be 0 or more and finite", text);
        }
        return value;
    }

    /** Accepts JSON null in place of a structure and refuses all else. */
    void skipNullOrRefuse(String path, String expected) {
        if (parser.currentToken() != JsonToken.VALUE_NULL) {
            throw invalid(path, "is not " + expected, shown());
        }
    }

    /** The current value as it may stand in a message. */
    String shown() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            default -> DoorstepException.shown(parser.getString());
        };
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private @Nullable String scalar(String path, String expected) {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> null;
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getString();
            default -> throw invalid(path, "is not " + expected, shown());
        };
    }

    private static DoorstepException invalid(String path, String what, String value) {
        return DoorstepException.ofValue(ErrorCode.INVALID_FIELD, path, what, value);
    }
}
