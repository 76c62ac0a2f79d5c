package dev.doorstep.commonmodel.error;

import org.jspecify.annotations.Nullable;

/** An error that a caller is told about: its stable code, and where one field is at fault, that field and its value. */
public final class DoorstepException extends RuntimeException {
    private static final int VALUE_SHOWN = 120;

    private final ErrorCode code;
    private final @Nullable String field;
    private final @Nullable String value;

    public DoorstepException(ErrorCode code, String message) {
        this(code, null, message, null);
    }

    public DoorstepException(ErrorCode code, @Nullable String field, String message) {
        this(code, field, message, null);
    }

    public DoorstepException(ErrorCode code, @Nullable String field, String message, @Nullable Throwable cause) {
        this(code, field, null, message, cause);
    }

    private DoorstepException(ErrorCode code, @Nullable String field, @Nullable String value, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.field = field;
        this.value = value;
    }

    /**
     * The error of a field whose value can't be used.
     *
     * @param what what is wrong, as it follows the field's name in a sentence
     */
    public static DoorstepException ofValue(ErrorCode code, String field, String what, Object value) {
        String shown = shown(value);
        return new DoorstepException(code, field, shown, field + " " + what + ": " + shown, null);
    }

    public ErrorCode code() {
        return code;
    }

    /** The field's path in the request, or null where no single field is at fault. */
    public @Nullable String field() {
        return field;
    }

    /** The value at fault as it may stand in a message, or null where there is none. */
    public @Nullable String value() {
        return value;
    }

    /** The value as it may stand in a message: at most 120 characters, control characters replaced. */
    public static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        String cut = text.length() > VALUE_SHOWN ? text.substring(0, VALUE_SHOWN) + "…" : text;
        return cut.replaceAll("\\p{Cntrl}", "\uFFFD");
    }
}
