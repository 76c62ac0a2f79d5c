package dev.doorstep.commonmodel.document;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * Why a document can't be used.
 *
 * @param code the stable reason
 * @param field path of the field at fault, or null where it is the whole document
  * @param value the value at fault, at most 120 characters, or null where there is none
 * @param message one sentence that names the field and the value
 */
public record Refusal(ErrorCode code, @Nullable String field, @Nullable String value, String message) {
    /** That of a document which is longer than it may be. */
    public static Refusal tooLong(long bytes) {
        return new Refusal(ErrorCode.TOO_LARGE, null, null, "the document is " + bytes + " bytes long, more than its limit");
    }

    /** The refusal that an error means. */
    public static Refusal of(DoorstepException e) {
        return new Refusal(e.code(), e.field(), e.value(), String.valueOf(e.getMessage()));
    }
}
