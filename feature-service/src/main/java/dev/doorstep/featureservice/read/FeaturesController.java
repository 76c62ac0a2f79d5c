package dev.doorstep.featureservice.read;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.StoredEvent;
import io.swagger.v3.oas.annotations.Operation;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Serves the features of events and sessions as the store has them. */
@RestController
class FeaturesController {
    private static final int LONGEST_ID = 512;

    private final FeatureReader reader;

    FeaturesController(FeatureReader reader) {
        this.reader = reader;
    }

    /** An event's features. */
    record EventFeatures(String eventId, String schemaVersion, Instant createdDateTime, @Nullable String sessionId,
            @Nullable String eventType, Map<String, Integer> features) {}

    /** A session's features. */
    record SessionAnswer(String sessionId, String schemaVersion, Instant firstSeen, Instant lastSeen, Map<String, Object> features) {}

    @GetMapping("/v1/features/{eventId}")
    @Operation(summary = "The features of one event")
    EventFeatures event(@PathVariable String eventId) {
        StoredEvent event = found(() -> reader.event(eventId), "eventId", eventId);
        Map<String, Integer> features = new LinkedHashMap<>();
        features.put("day_of_year", event.time().dayOfYear());
        features.put("day_of_week", event.time().dayOfWeek());
        features.put("hour_of_day", event.time().hourOfDay());
        return new EventFeatures(event.id(), FeatureSchema.CURRENT.version(), Instant.ofEpochMilli(event.createdDateTime()),
                event.sessionId(), event.eventType(), features);
    }

    @GetMapping("/v1/sessions/{sessionId}/features")
    @Operation(summary = "What one session did so far")
    SessionAnswer session(@PathVariable String sessionId) {
        SessionState state = found(() -> reader.session(sessionId), "sessionId", sessionId);
        SessionFeatures session = state.features();
        Map<String, Object> features = new LinkedHashMap<>();
        features.put("session_events", session.events());
        features.put("session_views", session.views());
        features.put("session_cart_adds", session.cartAdds());
        features.put("session_checkouts", session.checkouts());
        features.put("session_distinct_skus", session.distinctSkus());
        if (session.shippingMethod() != null) {
            features.put("session_method", session.shippingMethod());
        }
        return new SessionAnswer(sessionId, FeatureSchema.CURRENT.version(), Instant.ofEpochMilli(session.firstSeen()),
                Instant.ofEpochMilli(session.lastSeen()), features);
    }

    private static <T> T found(Supplier<@Nullable T> read, String field, String id) {
        // Longer than any id that was ever taken, and longer than DynamoDB takes a key.
        T value = id.length() > LONGEST_ID ? null : read.get();
        if (value == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, field, "no features of " + field + " " + DoorstepException.shown(id));
        }
        return value;
    }
}
