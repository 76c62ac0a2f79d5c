package dev.doorstep.servicekit.access;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.servicekit.access.AccessSettings.Audience;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows callers by their keys. Thread-safe. */
public final class ApiKeys {
    /** The header that carries a key. */
    public static final String HEADER = "X-Api-Key";

    /** By digest, so that the time of a look-up tells nothing of a key. */
    private final Map<ByteBuffer, Caller> callers = new HashMap<>();
    private final List<Caller> all;

    ApiKeys(AccessSettings settings) {
        settings.keys().forEach(key -> callers.put(digest(key.key()), new Caller(key)));
        all = List.copyOf(callers.values());
    }

    /** Whether nobody has a key, so that nobody needs one. */
    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Whether there is a key for browsers, so that they need one. */
    boolean hasPublishable() {
        return all.stream().anyMatch(caller -> caller.key().audience() == Audience.PUBLISHABLE);
    }

    List<Caller> all() {
        return all;
    }

    /** The caller that a key is of, or null. */
    @Nullable
    Caller find(@Nullable String key) {
        return key == null ? null : callers.get(digest(key));
    }

    /** Whether this is the key of a server. */
    public boolean isServer(@Nullable String key) {
        Caller caller = find(key);
        return caller != null && caller.key().audience() == Audience.SERVER;
    }

    private static ByteBuffer digest(String key) {
        return ByteBuffer.wrap(ContentHash.sha256().digest(key.getBytes(StandardCharsets.UTF_8)));
    }
}
