package dev.doorstep.servicekit.access;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.settings.Bounds;
import dev.doorstep.commonmodel.wire.WireName;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep.access}: who may use the public port.
 *
 * @param keys who there is; without any, the port is open to all who reach it
 */
@ConfigurationProperties("doorstep.access")
public record AccessSettings(@DefaultValue List<Key> keys) {
    private static final int SHORTEST_KEY = 32;

    /** Who has a key. */
    public enum Audience {
        /** A browser, where everyone can read it: it may ask for predictions and nothing else. */
        PUBLISHABLE,
        /** A server of the store: it may do everything. */
        SERVER;

        /** Name in metrics. */
        @JsonValue
        public String wireName() {
            return WireName.of(this);
        }
    }

    /**
     * One caller's key.
     *
     * @param name of the caller, as metrics and the store know it: 1 to 40 letters, digits, dots, dashes and underscores
     * @param key what it sends as {@code X-Api-Key}, 32 characters or more
     * @param audience whether browsers or a server have it
     * @param origins that a browser may send a publishable key from, such as {@code https://shop.example}; without any, from everywhere
     * @param perSecond requests a second in the long run, 1 to 1,000,000, by each replica; null for no limit
     * @param burst requests at once, 1 to 1,000,000; null for as many as a second has
     * @param perDay requests a day (UTC), 1 or more, by all replicas together; null for no limit
     */
    public record Key(String name, String key, Audience audience, @DefaultValue List<String> origins, @Nullable Integer perSecond,
            @Nullable Integer burst, @Nullable Long perDay) {
        private static final String PREFIX = "doorstep.access.keys";
        private static final int FASTEST = 1_000_000;

        public Key {
            require(name != null && name.matches("[A-Za-z0-9._-]{1,40}"),
                    PREFIX + "[].name must have 1 to 40 letters, digits, dots, dashes and underscores: " + name);
            require(key != null && key.length() >= SHORTEST_KEY,
                    PREFIX + " " + name + ": key has fewer than " + SHORTEST_KEY + " characters");
            require(audience != null, PREFIX + " " + name + ": audience is missing, it is publishable or server");
            require(origins.isEmpty() || audience == Audience.PUBLISHABLE, PREFIX + " " + name + ": origins are for publishable keys");
            for (String origin : origins) {
                require(isOrigin(origin), PREFIX + " " + name + ": origins are like https://shop.example: " + origin);
            }
            if (perSecond != null) {
                Bounds.require(PREFIX + " " + name + ": per-second", perSecond, 1, FASTEST);
            }
            if (burst != null) {
                require(perSecond != null, PREFIX + " " + name + ": burst needs per-second");
                Bounds.require(PREFIX + " " + name + ": burst", burst, 1, FASTEST);
            }
            if (perDay != null) {
                Bounds.require(PREFIX + " " + name + ": per-day", perDay, 1L, Long.MAX_VALUE);
            }
            origins = List.copyOf(origins);
        }

        private static boolean isOrigin(String origin) {
            try {
                URI uri = new URI(origin);
                return uri.getScheme() != null && uri.getHost() != null && uri.getRawPath().isEmpty() && uri.getRawQuery() == null;
            } catch (URISyntaxException _) {
                return false;
            }
        }

        private static void require(boolean good, String message) {
            if (!good) {
                throw new IllegalArgumentException(message);
            }
        }
    }

    public AccessSettings {
        Set<String> names = new HashSet<>();
        Set<String> values = new HashSet<>();
        for (Key key : keys) {
            Key.require(names.add(key.name()), Key.PREFIX + " has two keys named " + key.name());
            Key.require(values.add(key.key()), Key.PREFIX + " " + key.name() + ": another caller has the same key");
        }
        keys = List.copyOf(keys);
    }
}
