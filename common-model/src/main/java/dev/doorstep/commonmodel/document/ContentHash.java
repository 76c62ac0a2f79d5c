package dev.doorstep.commonmodel.document;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.erdtman.jcs.JsonCanonicalizer;

/** The identity of a document's content: SHA-256 of its canonical {@code _source} by RFC 8785 (JSON Canonicalization Scheme). */
public final class ContentHash {
    /** Copied for each use: to look the algorithm up takes as long as to hash a small document. */
    private static final MessageDigest UNUSED = lookUp();

    private ContentHash() {}

    /**
     * Hashes one JSON object.
     *
     * @return 64 hex digits
     * @throws DoorstepException {@code NOT_JSON} when RFC 8785 has no form for it, such as a number beyond a double
     */
    public static String of(byte[] bytes, int offset, int length) {
        try {
            byte[] plain = PlainCanonical.of(bytes, offset, length);
            byte[] canonical = plain != null
                    ? plain
                    : new JsonCanonicalizer(new String(bytes, offset, length, StandardCharsets.UTF_8)).getEncodedUTF8();
            return HexFormat.of().formatHex(sha256().digest(canonical));
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.NOT_JSON, "_source", "_source has no canonical form: " + e.getMessage(), e);
        }
    }

    /** SHA-256 of bytes as they are, 64 hex digits. */
    public static String ofBytes(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    /** A new SHA-256 digest. */
    public static MessageDigest sha256() {
        try {
            return (MessageDigest) UNUSED.clone();
        } catch (CloneNotSupportedException _) {
            return lookUp();
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
