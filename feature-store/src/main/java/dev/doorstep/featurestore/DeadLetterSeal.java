package dev.doorstep.featurestore;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import com.google.crypto.tink.subtle.AesGcmJce;
import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what dead letters hold of customers: AES-256-GCM for what is stored and sent, and its streaming form (AES-GCM-HKDF, segments of
 * 1 MB) for what is archived. The first key seals, all of them open, so that a new key is put first and the old one stays until its letters
 * have expired. Thread-safe.
 */
public final class DeadLetterSeal {
    private static final int KEY_BYTES = 32;
    private static final int SEGMENT_BYTES = 1 << 20;
    private static final MessageCodec CODEC = new MessageCodec();

    private final List<Key> keys = new ArrayList<>();

    private record Key(String id, Aead aead, StreamingAead streaming) {}

    @SuppressWarnings("ArrayRecordComponent") // written and read, never compared
    private record Content(String message, @Nullable String value, byte[] original) {}

    /**
     * Takes the keys.
     *
     * @param keys Base64 of 32 random bytes each, as {@code openssl rand -base64 32} makes them
     * @throws IllegalArgumentException when there is none, or one is something else
     */
    public DeadLetterSeal(List<String> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("doorstep.dead-letters.keys is not set; make a key with: openssl rand -base64 32");
        }
        for (int i = 0; i < keys.size(); i++) {
            this.keys.add(key("doorstep.dead-letters.keys[" + i + "]", keys.get(i)));
        }
    }

    /** A letter as it may be stored and sent. */
    public SealedDeadLetter seal(DeadLetter letter) {
        byte[] content = CODEC.write(new Content(letter.message(), letter.value(), letter.original()));
        return new SealedDeadLetter(letter.source(), letter.position(), letter.stage(), letter.reason(), letter.field(),
                letter.receivedAt(), letter.length(), letter.sha256(), letter.archive(), keys.getFirst().id(),
                seal(content, letter.key()));
    }

    /**
     * The letter that was sealed.
     *
     * @throws IllegalStateException when its key is not among these, or its bytes were changed
     */
    public DeadLetter open(SealedDeadLetter letter) {
        Content content = CODEC.read(open(letter.sealed(), letter.keyId(), letter.key()), Content.class);
        return new DeadLetter(letter.source(), letter.position(), letter.stage(), letter.reason(), letter.field(), content.message(),
                letter.receivedAt(), content.original(), letter.length(), letter.sha256(), content.value(), letter.archive());
    }

    /** Fails where none of the keys has that id. */
    void requireKey(String id) {
        var _ = key(id);
    }

    /** Which key seals now. */
    String keyId() {
        return keys.getFirst().id();
    }

    /** Bytes that only the keys open, and only as what they are. */
    byte[] seal(byte[] bytes, String as) {
        try {
            return keys.getFirst().aead().encrypt(bytes, as.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a dead letter can't be encrypted", e);
        }
    }

    byte[] open(byte[] sealed, String keyId, String as) {
        try {
            return key(keyId).aead().decrypt(sealed, as.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a dead letter was changed, or is not sealed by the key " + keyId, e);
        }
    }

    /** A stream whose bytes reach another one encrypted; closing it closes both. */
    OutputStream sealing(OutputStream out) throws IOException {
        try {
            return keys.getFirst().streaming().newEncryptingStream(out, new byte[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a dead letter can't be encrypted", e);
        }
    }

    /** The bytes that went into {@link #sealing}; closing it closes both. */
    InputStream opening(InputStream in, String keyId) throws IOException {
        try {
            return key(keyId).streaming().newDecryptingStream(in, new byte[0]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an archived original can't be decrypted", e);
        }
    }

    private Key key(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst()
                .orElseThrow(() -> new IllegalStateException("doorstep.dead-letters.keys has no key " + id));
    }

    private static Key key(String setting, String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(setting + " is not Base64; make a key with: openssl rand -base64 32");
        }
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException(setting + " must hold " + KEY_BYTES + " bytes, not " + bytes.length);
        }
        try {
            String id = HexFormat.of().formatHex(ContentHash.sha256().digest(bytes), 0, 4);
            return new Key(id, new AesGcmJce(bytes), new AesGcmHkdfStreaming(bytes, "HmacSha256", KEY_BYTES, SEGMENT_BYTES, 0));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }
}
