package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code clickstream.dead-letters}: a {@link DeadLetter} of which everything that a customer may have written is encrypted.
 * Schema {@code dead-letter/2}.
 *
 * @param archive where the whole original lies, encrypted too, when it is longer than what is kept here, or null
 * @param keyId which key opens it
 * @param sealed message, value and original under AES-256-GCM (Base64 in JSON)
 */
@SuppressWarnings("ArrayRecordComponent") // compared by key, never as a whole
public record SealedDeadLetter(String source, String position, String stage, ErrorCode reason, @Nullable String field, long receivedAt,
        long length, String sha256, @Nullable String archive, String keyId, byte[] sealed) {
    public static final String SCHEMA = "dead-letter/2";

    public SealedDeadLetter {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(sha256, "sha256");
        Objects.requireNonNull(keyId, "keyId");
        Objects.requireNonNull(sealed, "sealed");
    }

    /** The key of the letter that is sealed here. */
    public String key() {
        return DeadLetter.key(source, position, stage, sha256);
    }
}
