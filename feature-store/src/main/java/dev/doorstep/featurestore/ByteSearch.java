package dev.doorstep.featurestore;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/** Looks for bytes in bytes. */
final class ByteSearch {
    private static final int BUFFER = 64 << 10;

    private ByteSearch() {}

    static boolean contains(byte[] bytes, byte[] needle) {
        return contains(bytes, bytes.length, needle);
    }

    /** Reads a stream to its end, or to the first find. */
    static boolean contains(InputStream in, byte[] needle) throws IOException {
        byte[] buffer = new byte[BUFFER + needle.length];
        int kept = 0;
        for (int read = in.read(buffer, kept, BUFFER); read >= 0; read = in.read(buffer, kept, BUFFER)) {
            int filled = kept + read;
            if (contains(buffer, filled, needle)) {
                return true;
            }
            // A find may begin in one read and end in the next.
            kept = Math.min(filled, needle.length - 1);
            System.arraycopy(buffer, filled - kept, buffer, 0, kept);
        }
        return false;
    }

    private static boolean contains(byte[] bytes, int length, byte[] needle) {
        for (int i = 0; i <= length - needle.length; i++) {
            if (bytes[i] == needle[0] && Arrays.equals(bytes, i, i + needle.length, needle, 0, needle.length)) {
                return true;
            }
        }
        return false;
    }
}
