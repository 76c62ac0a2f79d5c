package dev.doorstep.featurestore;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter as it is listed: everything but what a customer may have written.
 *
 * @param id 32 hex digits
 * @param source name of the source it came from
 * @param position where in the source it stood
 * @param stage the service that gave up on it
 * @param reason why, the last time
 * @param field path of the field at fault, or null
 * @param receivedAt first receipt
 * @param length of the original in bytes
 * @param sha256 hex digest of the original
 * @param whole whether all bytes of the original are kept, here or in the archive
 * @param status where it is on its way back
 * @param failures how often a replay has failed
 * @param expiresAt when it is removed
 */
public record StoredLetter(String id, String source, String position, String stage, ErrorCode reason, @Nullable String field,
        Instant receivedAt, long length, String sha256, boolean whole, Status status, long failures, Instant expiresAt) {

    /** Where a dead letter is on its way back. */
    public enum Status {
        /** As it came. */
        OPEN,
        /** There is a corrected document, which a replay takes in place of the original. */
        REPAIRED,
        /** A replay has it in hand. */
        REPLAYING,
        /** It was handed on again and accepted; should it be refused later on, it fails. */
        REPLAYED,
        /** Its replay was refused; {@code reason} says why. */
        FAILED;

        @JsonValue
        public String wireName() {
            return WireName.of(this);
        }
    }
}
