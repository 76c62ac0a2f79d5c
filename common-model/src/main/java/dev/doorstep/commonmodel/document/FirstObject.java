package dev.doorstep.commonmodel.document;

/**
 * Watches the first object of a stream go by and decides what the stream is: an Elasticsearch search response, as soon as the array
 * {@code hits.hits} opens; else a document, which ends where its brackets do. A line end inside a string, which JSON forbids, ends a
 * broken line.
 */
final class FirstObject {
    enum State {
        READING, COMPLETE, SEARCH_RESPONSE, BROKEN_LINE
    }

    private static final String HITS = "hits";

    private State state = State.READING;
    private final StringBuilder string = new StringBuilder();
    private String outerKey = "";
    private String innerKey = "";
    private boolean inString;
    private boolean escaped;
    private boolean expectKey;
    private boolean document;
    private boolean spansLines;
    private int depth;

    State state() {
        return state;
    }

    /** Whether a line end stands between the object's brackets. */
    boolean spansLines() {
        return spansLines;
    }

    /** Reads on; returns the position after the last byte that was looked at. */
    int read(byte[] bytes, int from, int to) {
        int p = from;
        while (p < to && state == State.READING) {
            byte c = bytes[p++];
            if (inString) {
                readString(c);
            } else {
                readStructure(c);
            }
        }
        return p;
    }

    private void readString(byte c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            inString = false;
            endString();
            return;
        } else if (c == '\n') {
            state = State.BROKEN_LINE;
            return;
        }
        if (expectKey && depth <= 2 && string.length() <= 16) {
            string.append((char) c);
        }
    }

    private void endString() {
        if (expectKey && depth == 1) {
            outerKey = string.toString();
            document |= outerKey.equals("_id") || outerKey.equals("_source");
        } else if (expectKey && depth == 2) {
            innerKey = string.toString();
        }
        expectKey = false;
    }

    private void readStructure(byte c) {
        switch (c) {
            case '"' -> {
                inString = true;
                string.setLength(0);
            }
            case '{' -> {
                depth++;
                expectKey = true;
                innerKey = "";
            }
            case '[' -> {
                if (depth == 2 && !document && outerKey.equals(HITS) && innerKey.equals(HITS)) {
                    state = State.SEARCH_RESPONSE;
                }
                depth++;
                expectKey = false;
            }
            case '}', ']' -> {
                depth--;
                expectKey = false;
                if (depth <= 0) {
                    state = State.COMPLETE;
                }
            }
            case ',' -> expectKey = true;
            case '\n' -> spansLines = true;
            default -> {
                // Numbers, literals, colons and blanks decide nothing.
            }
        }
    }
}
