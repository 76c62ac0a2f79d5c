package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.feature.SessionFeatures;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code features.changed}, keyed by the entity. Schema {@code features-changed/1}.
 *
 * @param entity as made by {@link dev.doorstep.commonmodel.feature.EntityKey}
 * @param session the new features where the entity is a session; for all others a reader asks the store
 */
public record FeaturesChanged(String entity, @Nullable SessionFeatures session) {
    public static final String SCHEMA = "features-changed/1";

    public FeaturesChanged {
        Objects.requireNonNull(entity, "entity");
    }
}
