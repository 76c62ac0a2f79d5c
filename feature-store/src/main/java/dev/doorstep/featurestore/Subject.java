package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.document.ContentHash;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Under which name the store knows a customer: a digest of the customer key, which is enough to find what is to be erased. */
public final class Subject {
    private static final int BYTES = 16;

    private Subject() {}

    /** The first 128 bits of SHA-256 of a customer key, 32 hex digits; null for none. */
    public static @Nullable String of(@Nullable String customerKey) {
        return customerKey == null
                ? null
                : HexFormat.of().formatHex(ContentHash.sha256().digest(customerKey.getBytes(StandardCharsets.UTF_8)), 0, BYTES);
    }
}
