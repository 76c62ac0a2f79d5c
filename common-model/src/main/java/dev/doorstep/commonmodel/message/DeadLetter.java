package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code clickstream.dead-letters}: a document that can't be used, and why. Schema {@code dead-letter/1}.
 *
 * @param source name of the source it came from
 * @param position where in the source it stood
 * @param stage the service that gave up on it
 * @param reason stable reason code
 * @param field path of the field at fault, or null
 * @param message one sentence that names field and value
 * @param receivedAt epoch milliseconds of the first receipt
 * @param original the original bytes (Base64 in JSON); above 256 KiB only the first 64 KiB
 * @param length length of the original in bytes
  * @param sha256 hex digest of the whole original
 * @param value the value at fault, at most 120 characters, or null
 * @param archive where the whole original lies when it is longer than what is kept here, or null

 */
@SuppressWarnings("ArrayRecordComponent") // compared by key, never as a whole
public record DeadLetter(String source, String position, String stage, ErrorCode reason, @Nullable String field, String message,
        long receivedAt, byte[] original, long length, String sha256, @Nullable String value, @Nullable String archive) {
    public static final String SCHEMA = "dead-letter/1";
    /** Up to this length the original is kept whole. */
    public static final int WHOLE_ORIGINAL = 256 << 10;
    /** How much is kept of a longer one. */
    public static final int ORIGINAL_HEAD = 64 << 10;

    public DeadLetter {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(stage, "stage");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(original, "original");
        Objects.requireNonNull(sha256, "sha256");
    }

    /** Whether the original is here with all its bytes. */
    public boolean isWhole() {
        return original.length == length;
    }

    /**
     * The Kafka key: the same bytes that are refused twice at the same place are one letter. What is refused of a replay is told of under
     * the letter that was replayed.
     */
    public String key() {
        return key(source, position, stage, sha256);
    }

    static String key(String source, String position, String stage, String sha256) {
        String place = source + "/" + position + "/" + stage;
        return source.equals(Topics.REPLAY_SOURCE) ? place : place + "/" + sha256;
    }
}
