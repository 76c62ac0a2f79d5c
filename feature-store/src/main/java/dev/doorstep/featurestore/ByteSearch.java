package dev.doorstep.featurestore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Looks for a word in bytes: what stands before and after it is not part of a longer one. */
final class ByteSearch {
    private static final int BUFFER = 64 << 10;
    /** Bytes before a find that say whether it begins a word. */
    private static final int BEFORE = 2;

    private ByteSearch() {}

    /** The forms that a text may have in JSON, in UTF-8. */
    static List<byte[]> forms(String text) {
        Set<String> forms = new LinkedHashSet<>();
        forms.add(text);
        String quoted = text.replace("\\", "\\\\").replace("\"", "\\\"");
        for (String form : List.of(quoted, quoted.replace("/", "\\/"))) {
            forms.add(form);
            forms.add(ascii(form, "\\u%04x"));
            forms.add(ascii(form, "\\u%04X"));
        }
        return forms.stream().map(form -> form.getBytes(StandardCharsets.UTF_8)).toList();
    }

    private static String ascii(String text, String escape) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~') {
                escaped.append(String.format(Locale.ROOT, escape, (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    static boolean contains(byte[] bytes, byte[] needle) {
        return contains(bytes, 0, bytes.length, needle, true);
    }

    /** Reads a stream to its end, or to the first find. */
    static boolean contains(InputStream in, byte[] needle) throws IOException {
        int keep = needle.length + BEFORE;
        byte[] buffer = new byte[BUFFER + keep];
        int filled = 0;
        int from = 0;
        for (int read = in.read(buffer, filled, BUFFER); read >= 0; read = in.read(buffer, filled, BUFFER)) {
            filled += read;
            if (contains(buffer, from, filled, needle, false)) {
                return true;
            }
            // A find may begin in one read and end in the next; one that ended before was looked at with what follows it.
            if (filled > keep) {
                System.arraycopy(buffer, filled - keep, buffer, 0, keep);
                filled = keep;
                from = BEFORE;
            }
        }
        return contains(buffer, from, filled, needle, true);
    }

    private static boolean contains(byte[] bytes, int from, int length, byte[] needle, boolean atEnd) {
        int last = atEnd ? length - needle.length : length - needle.length - 1;
        for (int i = from; i <= last; i++) {
            if (bytes[i] == needle[0] && Arrays.equals(bytes, i, i + needle.length, needle, 0, needle.length)
                    && begins(bytes, i) && (i + needle.length == length || !isWord(bytes[i + needle.length]))) {
                return true;
            }
        }
        return false;
    }

    /** The letter of an escape, such as that of a line feed, belongs to no word. */
    private static boolean begins(byte[] bytes, int at) {
        return at == 0 || !isWord(bytes[at - 1]) || (at > 1 && bytes[at - 2] == '\\');
    }

    private static boolean isWord(byte b) {
        return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '-' || b == '_' || b == '@';
    }
}
