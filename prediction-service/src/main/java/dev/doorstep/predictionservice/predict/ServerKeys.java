package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.servicekit.access.ApiKeys;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What only the store's own servers may ask for, also where everything else is open to all. Thread-safe. */
@Component
class ServerKeys {
    private final ApiKeys keys;

    ServerKeys(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Lets a request have the parts that it asks for.
     *
     * @throws DoorstepException {@code UNAUTHENTICATED} when one of them needs a server's key and this is none
     */
    void require(Set<Include> parts, @Nullable String key) {
        if (parts.contains(Include.FEATURES) || parts.contains(Include.REASONS)) {
            require(key, "for include=features and include=reasons");
        }
    }

    /**
     * Requires a server's key.
     *
     * @param what it is needed for
     * @throws DoorstepException {@code UNAUTHENTICATED} when this is none
     */
    void require(@Nullable String key, String what) {
        if (!keys.isServer(key)) {
            throw new DoorstepException(ErrorCode.UNAUTHENTICATED, ApiKeys.HEADER,
                    ApiKeys.HEADER + " must hold a server's key (doorstep.access.keys) " + what);
        }
    }
}
