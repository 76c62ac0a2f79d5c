package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.predictionservice.PredictionSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Keys of the store's own servers, which may ask for more than a browser. Thread-safe. */
@Component
class ServerKeys {
    static final String HEADER = "X-Api-Key";

    private final List<byte[]> keys;

    ServerKeys(PredictionSettings settings) {
        this.keys = settings.prediction().serverKeys().stream().map(key -> key.getBytes(StandardCharsets.UTF_8)).toList();
    }

    /**
     * Lets a request have the parts that it asks for.
     *
     * @throws DoorstepException {@code UNAUTHENTICATED} when one of them needs a key and this is none
     */
    void require(Set<Include> parts, @Nullable String key) {
        if (!parts.contains(Include.FEATURES) && !parts.contains(Include.REASONS)) {
            return;
        }
        require(key, "for include=features and include=reasons");
    }

    /**
     * Requires a server key.
     *
     * @param what it is needed for
     * @throws DoorstepException {@code UNAUTHENTICATED} when this is none
     */
    void require(@Nullable String key, String what) {
        byte[] given = key == null ? new byte[0] : key.getBytes(StandardCharsets.UTF_8);
        boolean known = false;
        for (byte[] each : keys) {
            known |= MessageDigest.isEqual(each, given);
        }
        if (!known) {
            throw new DoorstepException(ErrorCode.UNAUTHENTICATED, HEADER,
                    HEADER + " must hold a server key (doorstep.prediction.server-keys) " + what);
        }
    }
}
