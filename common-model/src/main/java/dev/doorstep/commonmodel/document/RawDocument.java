package dev.doorstep.commonmodel.document;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one document as they stand in a stream. The array is the reader's own buffer: it is valid until the reader is asked for
 * the next document, and {@link #copy()} keeps it.
 *
 * @param array holds the document; of a document over the limit, its first 64 KiB
 * @param offset first byte in the array
 * @param length bytes in the array
 * @param index how many documents stand before it in the stream
 * @param position byte offset of the document in the (decompressed) stream
 * @param totalLength length of the whole document in bytes; more than {@code length} only when it was over the limit
 * @param sha256 hex digest of the whole document when it was over the limit, else empty
  * @param complete false where the stream ended inside the document
 * @param spill what has taken all bytes of a document over the limit, where the reader was given one

 */
@SuppressWarnings("ArrayRecordComponent") // a window into a buffer, never compared
public record RawDocument(byte[] array, int offset, int length, long index, long position, long totalLength, String sha256,
        boolean complete, @Nullable Spill spill) {

    /** A document that stands alone. */
    public static RawDocument of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /** A document that stands alone, in a part of an array. */
    public static RawDocument of(byte[] array, int offset, int length) {
        return new RawDocument(array, offset, length, 0, 0, length, "", true, null);
    }

    /** Whether the document was longer than the reader's limit. */
    public boolean oversized() {
        return totalLength > length;
    }

    /** The bytes, in an array of their own. */
    public byte[] copy() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }
}
