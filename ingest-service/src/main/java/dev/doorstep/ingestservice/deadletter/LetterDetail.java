package dev.doorstep.ingestservice.deadletter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.featurestore.StoredLetter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter with what it holds.
 *
 * @param message one sentence that names field and value
 * @param value the value at fault, at most 120 characters
 * @param original the bytes as text where they are UTF-8; of a long one, its first 64 KiB
 * @param originalBase64 the bytes where they are not
 * @param corrected the document that a replay takes instead
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@SuppressWarnings("ArrayRecordComponent") // written, never compared
record LetterDetail(@JsonUnwrapped StoredLetter letter, String message, @Nullable String value, @Nullable String original,
        byte @Nullable [] originalBase64, @Nullable String corrected) {

    static LetterDetail of(StoredLetter letter, DeadLetter content, byte @Nullable [] corrected) {
        String text = text(content.original());
        return new LetterDetail(letter, content.message(), content.value(), text, text == null ? content.original() : null,
                corrected == null ? null : new String(corrected, StandardCharsets.UTF_8));
    }

    private static @Nullable String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }
}
