package dev.doorstep.predictionservice.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A model that was registered.
 *
 * @param version semantic
 * @param name of the model
 * @param digest of its bundle
 * @param state where it is
 * @param registeredAt when
 * @param registeredBy by whom
 * @param knownUntil nothing later was seen in training
 * @param reason why it was rejected or blocked, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Model(String version, String name, String digest, State state, Instant registeredAt, String registeredBy, Instant knownUntil,
        @Nullable String reason) {
    /** States of a model. */
    public enum State {
        REGISTERED, SHADOW, CANARY, ACTIVE, RETIRED, REJECTED;

        /** Name in answers. */
        @JsonValue
        public String wireName() {
            return WireName.of(this);
        }
    }

    /** The same in another state. */
    public Model in(State next, @Nullable String why) {
        return new Model(version, name, digest, next, registeredAt, registeredBy, knownUntil, why);
    }

    /** Which one it is. */
    public ModelRef ref() {
        return new ModelRef(version, digest);
    }
}
