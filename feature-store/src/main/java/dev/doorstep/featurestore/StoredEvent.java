package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.time.TemporalFeatures;
import org.jspecify.annotations.Nullable;

/** An event's features as the store has them. */
public record StoredEvent(String id, long createdDateTime, TemporalFeatures time, @Nullable String sessionId, @Nullable String eventType,
        String contentHash, long receivedAt) {}
