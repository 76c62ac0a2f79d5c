package dev.doorstep.commonmodel.document;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What is kept of a document over the limit while its bytes pass by: its head, its length and its digest. */
final class OversizedDocument {
    private final MessageDigest digest = ContentHash.sha256();
    private final byte[] head;
    private final @Nullable Spill spill;
    private int headLength;
    private long length;

    OversizedDocument(int headSize, @Nullable Spill spill) {
        this.head = new byte[headSize];
        this.spill = spill;
    }

    void append(byte[] bytes, int offset, int count) {
        int kept = Math.min(count, head.length - headLength);
        System.arraycopy(bytes, offset, head, headLength, kept);
        headLength += kept;
        digest.update(bytes, offset, count);
        if (spill != null) {
            spill.write(bytes, offset, count);
        }
        length += count;
    }

    @Nullable
    Spill spill() {
        return spill;
    }

    byte[] head() {
        return Arrays.copyOf(head, headLength);
    }

    long length() {
        return length;
    }

    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
