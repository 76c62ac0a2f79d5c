package dev.doorstep.commonmodel.document;

/** What became of a raw document: it can be used, or it can't and says why. */
public sealed interface ParsedDocument {
    /**
     * A document that can be used.
     *
     * @param sourceOffset where the {@code _source} object starts, in bytes from the start of the document
     * @param sourceLength its length in bytes
     */
    record Usable(ClickstreamDocument document, int sourceOffset, int sourceLength) implements ParsedDocument {}

    /** A document that can't be used. */
    record Refused(Refusal refusal) implements ParsedDocument {}
}
