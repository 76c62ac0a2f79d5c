package dev.doorstep.commonmodel.document;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import io.airlift.compress.v3.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream into documents: a JSON array, NDJSON, JSON objects one after the other, or an Elasticsearch search response (its
 * {@code hits.hits}), each plain, gzip or zstd, recognised by content. Memory is bounded by the longest document, whatever the length of
 * the stream.
 *
 * <p>Only brackets, strings and line ends are looked at, so that a document that is broken inside leaves its neighbours readable;
 * {@link DocumentParser} judges the documents themselves. Not thread-safe.
 */
public final class DocumentReader implements Closeable {
    private static final int FIRST_BUFFER = 128 << 10;

    private enum Form {
        UNKNOWN, ARRAY, AFTER_FIRST, LINES, SEQUENCE, ENDED
    }

    private final InputStream in;
    private final DocumentLimits limits;
    private final Supplier<? extends @Nullable Spill> spills;
    private byte[] buffer = new byte[FIRST_BUFFER];
    private int position;
    private int limit;
    private int start = -1;
    private long bufferPosition;
    private long documentPosition;
    private long index;
    private Form form = Form.UNKNOWN;
    private @Nullable OversizedDocument oversized;

    private DocumentReader(InputStream in, DocumentLimits limits, Supplier<? extends @Nullable Spill> spills) {
        this.in = in;
        this.limits = limits;
        this.spills = spills;
    }

    /** Opens a stream of which nothing is kept of a document over the limit but its start; closing the reader closes it. */
    public static DocumentReader open(InputStream in, DocumentLimits limits) throws IOException {
        return open(in, limits, () -> null);
    }

    /**
     * Opens a stream; closing the reader closes it.
     *
     * @param spills gives each document over the limit where its bytes go
     * @throws IOException when the stream can't be read or its compression header is damaged
     */
    public static DocumentReader open(InputStream in, DocumentLimits limits, Supplier<? extends @Nullable Spill> spills)
            throws IOException {
        byte[] magic = in.readNBytes(4);
        // No buffered stream: one would wait for more than a slow sender has sent so far.
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(magic), in);
        if (magic.length >= 2 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return new DocumentReader(new GZIPInputStream(whole, FIRST_BUFFER), limits, spills);
        }
        if (magic.length == 4 && magic[0] == 0x28 && magic[1] == (byte) 0xb5 && magic[2] == 0x2f && magic[3] == (byte) 0xfd) {
            return new DocumentReader(new ZstdInputStream(whole), limits, spills);
        }
        return new DocumentReader(whole, limits, spills);
    }

    /**
     * The next document, or null at the end.
     *
     * @throws DamagedStreamException when its compression is damaged, so that reading it again is of no use
     * @throws IOException when the stream breaks
     * @throws DoorstepException {@code TOO_LARGE} when the stream is longer than its limit; the documents before it have been returned
     */
    public @Nullable RawDocument next() throws IOException {
        try {
            return switch (form) {
                case UNKNOWN -> first();
                case ARRAY -> nextElement();
                case AFTER_FIRST -> afterFirst();
                case LINES -> nextLine();
                case SEQUENCE -> nextValue();
                case ENDED -> null;
            };
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            // The zstd decoder reports damage with its own unchecked exception.
            throw new DamagedStreamException(e);
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private @Nullable RawDocument first() throws IOException {
        int c = skipBlanks();
        if (c == 0xEF) {
            skipByteOrderMark();
            c = skipBlanks();
        }
        if (c < 0) {
            form = Form.ENDED;
            return null;
        }
        if (c == '[') {
            position++;
            form = Form.ARRAY;
            return nextElement();
        }
        if (c != '{') {
            form = Form.LINES;
            return nextLine();
        }
        begin();
        FirstObject scan = new FirstObject();
        while (scan.state() == FirstObject.State.READING) {
            if (position == limit && !fill()) {
                form = Form.ENDED;
                return emit(position, false);
            }
            position = scan.read(buffer, position, limit);
        }
        return switch (scan.state()) {
            case SEARCH_RESPONSE -> {
                start = -1;
                oversized = null;
                form = Form.ARRAY;
                yield nextElement();
            }
            case BROKEN_LINE -> {
                form = Form.LINES;
                yield emit(position, true);
            }
            default -> {
                form = scan.spansLines() ? Form.SEQUENCE : Form.AFTER_FIRST;
                yield emit(position, true);
            }
        };
    }

    private @Nullable RawDocument nextElement() throws IOException {
        int c = skipBlanks();
        while (c == ',') {
            position++;
            c = skipBlanks();
        }
        if (c == ']') {
            form = Form.ENDED;
            return null;
        }
        if (c < 0) {
            form = Form.ENDED;
            // An array that is never closed was cut off on its way here: say so, though nothing of a document is left.
            begin();
            return emit(position, false);
        }
        return scanValue(',', ']');
    }

    /** One document a line when the first one ended with its line; else one after the other. */
    private @Nullable RawDocument afterFirst() throws IOException {
        while (position < limit || fill()) {
            byte c = buffer[position];
            if (c == '\n') {
                form = Form.LINES;
                return nextLine();
            }
            if (c != ' ' && c != '\t' && c != '\r') {
                form = Form.SEQUENCE;
                return nextValue();
            }
            position++;
        }
        return null;
    }

    private @Nullable RawDocument nextValue() throws IOException {
        return skipBlanks() < 0 ? null : scanValue('\n', '{');
    }

    private @Nullable RawDocument nextLine() throws IOException {
        if (skipBlanks() < 0) {
            return null;
        }
        begin();
        while (true) {
            int end = NewlineSearch.indexOf(buffer, position, limit);
            if (end >= 0) {
                position = end;
                return emit(position, true);
            }
            position = limit;
            if (!fill()) {
                return emit(position, true);
            }
        }
    }

    private RawDocument scanValue(char scalarEnd, char otherScalarEnd) throws IOException {
        begin();
        boolean structured = buffer[position] == '{' || buffer[position] == '[';
        int depth = 0;
        boolean inString = false;
        boolean escaped = false;
        while (true) {
            byte[] bytes = buffer;
            int p = position;
            int end = limit;
            while (p < end) {
                byte c = bytes[p++];
                if (inString) {
                    if (escaped) {
                        escaped = false;
                    } else if (c == '"') {
                        inString = false;
                    } else if (c == '\\') {
                        escaped = true;
                    }
                } else if (c == '"') {
                    inString = true;
                } else if (c == '{' || c == '[') {
                    depth++;
                } else if (c == '}' || c == ']') {
                    depth--;
                    if (depth <= 0 && structured) {
                        position = p;
                        return emit(p, true);
                    }
                }
                if (!structured && !inString && (c == scalarEnd || c == otherScalarEnd) && p - 1 > start) {
                    position = p - 1;
                    return emit(p - 1, true);
                }
            }
            position = p;
            if (!fill()) {
                if (structured) {
                    form = Form.ENDED;
                }
                return emit(position, !structured);
            }
        }
    }

    private void begin() {
        start = position;
        documentPosition = bufferPosition + position;
    }

    private RawDocument emit(int end, boolean complete) {
        OversizedDocument over = oversized;
        if (over == null && end - start > limits.documentBytes()) {
            over = oversized();
        }
        RawDocument document;
        if (over == null) {
            document = new RawDocument(buffer, start, end - start, index, documentPosition, end - start, "", complete, null);
        } else {
            over.append(buffer, start, end - start);
            byte[] head = over.head();
            document = new RawDocument(head, 0, head.length, index, documentPosition, over.length(), over.sha256(), complete, over.spill());
        }
        index++;
        start = -1;
        oversized = null;
        return document;
    }

    private OversizedDocument oversized() {
        return new OversizedDocument(Math.min(DocumentLimits.OVERSIZED_HEAD, limits.documentBytes()), spills.get());
    }

    /** Skips white space; returns the byte at the position, or −1 at the end of the stream. */
    private int skipBlanks() throws IOException {
        while (true) {
            while (position < limit) {
                byte c = buffer[position];
                if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                    return c & 0xFF;
                }
                position++;
            }
            if (!fill()) {
                return -1;
            }
        }
    }

    private void skipByteOrderMark() throws IOException {
        while (limit - position < 3 && fillMore()) {
            // Three bytes are needed to tell a byte order mark from a broken document.
        }
        if (limit - position >= 3 && buffer[position + 1] == (byte) 0xBB && buffer[position + 2] == (byte) 0xBF) {
            position += 3;
        }
    }

    /** Reads on once the buffer is used up; false at the end of the stream. */
    private boolean fill() throws IOException {
        if (start >= 0 && position - start > limits.documentBytes()) {
            OversizedDocument over = oversized;
            if (over == null) {
                over = oversized();
                oversized = over;
            }
            over.append(buffer, start, position - start);
            start = position;
        }
        return fillMore();
    }

    private boolean fillMore() throws IOException {
        int keepFrom = start >= 0 ? start : position;
        if (keepFrom > 0) {
            System.arraycopy(buffer, keepFrom, buffer, 0, limit - keepFrom);
            bufferPosition += keepFrom;
            position -= keepFrom;
            limit -= keepFrom;
            start = start >= 0 ? 0 : -1;
        }
        if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
        }
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read <= 0) {
            return false;
        }
        limit += read;
        if (bufferPosition + limit > limits.bodyBytes()) {
            throw new DoorstepException(ErrorCode.TOO_LARGE, "body", "the body is longer than " + limits.bodyBytes() + " bytes");
        }
        return true;
    }
}
