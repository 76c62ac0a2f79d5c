package dev.doorstep.commonmodel.document;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The canonical form by RFC 8785 of JSON that is plain, which is most: ASCII without escapes, numbers of up to 15 digits without exponents, up
 * to 64 different names in an object. Of such only white space, the order of names and zeros at the end of a fraction can differ from
 * it, so that bytes are copied. For anything
 * else there is no answer here, and the library has it. Not thread-safe; for one use.
 */
final class PlainCanonical {
    private static final int MOST_MEMBERS = 64;
    private static final int MOST_DEPTH = 32;
    private static final int MOST_DIGITS = 15;
    /** Of the fraction of a number below one, before ECMAScript writes an exponent: 0.000001, but 1e-7. */
    private static final int MOST_PLACES = 6;
    private static final byte[][] LITERALS = {{'t', 'r', 'u', 'e'}, {'f', 'a', 'l', 's', 'e'}, {'n', 'u', 'l', 'l'}};

    private final byte[] in;
    private final int end;
    private int position;
    private byte[] out;
    private int length;
    /** Of each member of the objects that are open: where its name starts and ends in what is read, and its value in what is written. */
    private int[] marks = new int[3 * MOST_MEMBERS];
    private int open;

    private PlainCanonical(byte[] in, int offset, int length) {
        this.in = in;
        this.position = offset;
        this.end = offset + length;
        this.out = new byte[length];
    }

    /** The canonical form, or null where the JSON is not plain or not JSON. */
    static byte @Nullable [] of(byte[] bytes, int offset, int length) {
        PlainCanonical canonical = new PlainCanonical(bytes, offset, length);
        return canonical.value(0) && canonical.next() < 0 ? Arrays.copyOf(canonical.out, canonical.length) : null;
    }

    /** Skips white space; returns the byte that follows, or −1. */
    private int next() {
        while (position < end) {
            byte c = in[position];
            if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                return c;
            }
            position++;
        }
        return -1;
    }

    private boolean value(int depth) {
        return switch (next()) {
            case '{' -> depth < MOST_DEPTH && object(depth);
            case '[' -> depth < MOST_DEPTH && array(depth);
            case '"' -> {
                int start = position;
                yield string() && copy(start, position);
            }
            case 't' -> literal(LITERALS[0]);
            case 'f' -> literal(LITERALS[1]);
            case 'n' -> literal(LITERALS[2]);
            default -> number();
        };
    }

    private boolean object(int depth) {
        int start = length;
        int first = open;
        int members = 0;
        position++;
        if (next() == '}') {
            position++;
            return append('{') && append('}');
        }
        while (members < MOST_MEMBERS) {
            if (next() != '"') {
                return false;
            }
            int mark = mark();
            marks[mark] = position;
            if (!string()) {
                return false;
            }
            marks[mark + 1] = position;
            if (next() != ':') {
                return false;
            }
            position++;
            if (!value(depth + 1)) {
                return false;
            }
            marks[mark + 2] = length;
            members++;
            int c = next();
            position++;
            if (c == '}') {
                open = first;
                return sort(start, members, first);
            }
            if (c != ',') {
                return false;
            }
        }
        return false;
    }

    private int mark() {
        int mark = open;
        open += 3;
        if (open > marks.length) {
            marks = Arrays.copyOf(marks, 2 * marks.length);
        }
        return mark;
    }

    /** Writes the members, whose values stand one after the other in what was written, in the order of their names. */
    private boolean sort(int start, int members, int first) {
        int[] order = new int[members];
        for (int i = 0; i < members; i++) {
            int place = i;
            int name = first + 3 * i;
            for (; place > 0; place--) {
                int other = order[place - 1];
                int compared = Arrays.compareUnsigned(in, marks[name] + 1, marks[name + 1] - 1, in, marks[other] + 1, marks[other + 1] - 1);
                if (compared == 0) {
                    return false;
                }
                if (compared > 0) {
                    break;
                }
                order[place] = other;
            }
            order[place] = name;
        }
        byte[] values = Arrays.copyOfRange(out, start, length);
        length = start;
        append('{');
        for (int i = 0; i < members; i++) {
            int member = order[i];
            if (i > 0) {
                append(',');
            }
            copy(marks[member], marks[member + 1]);
            append(':');
            int from = member == first ? 0 : marks[member - 1] - start;
            append(values, from, marks[member + 2] - start);
        }
        return append('}');
    }

    private boolean array(int depth) {
        position++;
        append('[');
        if (next() == ']') {
            position++;
            return append(']');
        }
        while (value(depth + 1)) {
            int c = next();
            position++;
            if (c == ']') {
                return append(']');
            }
            if (c != ',') {
                return false;
            }
            append(',');
        }
        return false;
    }

    /** Passes over a string; false when it is not plain. */
    private boolean string() {
        for (position++; position < end; position++) {
            byte c = in[position];
            if (c == '"') {
                position++;
                return true;
            }
            // Negative bytes are beyond ASCII.
            if (c == '\\' || c < ' ') {
                return false;
            }
        }
        return false;
    }

    private boolean literal(byte[] literal) {
        int start = position;
        position += literal.length;
        return position <= end && Arrays.equals(in, start, position, literal, 0, literal.length) && copy(start, position);
    }

    /**
     * Copies a number but for zeros at the end of its fraction. Decimals of up to 15 digits are each the shortest that stand for their
     * double (IEEE 754: no two of them share one), which is what ECMAScript writes; from 10⁻⁶ on without an exponent.
     */
    private boolean number() {
        int start = position;
        if (position < end && in[position] == '-') {
            position++;
        }
        int first = position;
        int whole = digits();
        boolean zero = whole == 1 && in[first] == '0';
        if (whole == 0 || (in[first] == '0' && !zero)) {
            return false;
        }
        int last = position;
        int fraction = 0;
        if (position < end && in[position] == '.') {
            position++;
            int point = position;
            fraction = digits();
            if (fraction == 0) {
                return false;
            }
            int significant = position;
            while (significant > point && in[significant - 1] == '0') {
                significant--;
            }
            if (significant > point) {
                last = significant;
                if (zero && significant - point > MOST_PLACES && isZero(point, point + MOST_PLACES)) {
                    return false;
                }
                zero = false;
            }
        }
        boolean negativeZero = zero && first > start;
        boolean exponent = position < end && (in[position] == 'e' || in[position] == 'E');
        return whole + fraction <= MOST_DIGITS && !negativeZero && !exponent && copy(start, last);
    }

    /** Passes over digits; returns how many there were. */
    private int digits() {
        int start = position;
        while (position < end && in[position] >= '0' && in[position] <= '9') {
            position++;
        }
        return position - start;
    }

    private boolean isZero(int from, int to) {
        for (int i = from; i < to; i++) {
            if (in[i] != '0') {
                return false;
            }
        }
        return true;
    }

    private boolean copy(int from, int to) {
        append(in, from, to);
        return true;
    }

    private void append(byte[] bytes, int from, int to) {
        if (length + to - from > out.length) {
            out = Arrays.copyOf(out, 2 * (length + to - from));
        }
        System.arraycopy(bytes, from, out, length, to - from);
        length += to - from;
    }

    private boolean append(char c) {
        if (length == out.length) {
            out = Arrays.copyOf(out, 2 * length + 1);
        }
        out[length++] = (byte) c;
        return true;
    }
}
