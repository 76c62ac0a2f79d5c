package dev.doorstep.commonmodel.document;

/**
 * How much of a stream is taken.
 *
 * @param documentBytes longest document, 1 KiB to 16 MiB; default 512 KiB
 * @param bodyBytes longest stream after decompression, at least one document; default 1 GiB
 */
public record DocumentLimits(int documentBytes, long bodyBytes) {
    public static final DocumentLimits DEFAULT = new DocumentLimits(512 << 10, 1L << 30);

    /** How much of a document over the limit is kept. */
    public static final int OVERSIZED_HEAD = 64 << 10;

    public DocumentLimits {
        if (documentBytes < 1 << 10 || documentBytes > 16 << 20) {
            throw new IllegalArgumentException("documentBytes must lie between 1 KiB and 16 MiB: " + documentBytes);
        }
        if (bodyBytes < documentBytes) {
            throw new IllegalArgumentException("bodyBytes (" + bodyBytes + ") is below documentBytes (" + documentBytes + ")");
        }
    }
}
