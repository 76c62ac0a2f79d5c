package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.time.TemporalFeatures;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the values of one feature vector by the schema's names; what nobody sets has the schema's default. Not thread-safe. */
final class FeatureValues {
    private static final String REQUEST = "request";

    private final Map<String, FeatureValue> values = new HashMap<>();
    private FeatureStatus sessionStatus = FeatureStatus.NOT_FOUND;

    FeatureValues(Instant instant) {
        TemporalFeatures time = TemporalFeatures.of(instant.toEpochMilli());
        set("day_of_year", FeatureStatus.PRESENT, REQUEST, time.dayOfYear(), null);
        set("day_of_week", FeatureStatus.PRESENT, REQUEST, time.dayOfWeek(), null);
        set("hour_of_day", FeatureStatus.PRESENT, REQUEST, time.hourOfDay(), null);
    }

    void session(FeatureStatus status, String source, @Nullable SessionFeatures session, long at) {
        sessionStatus = status;
        Long age = session == null ? null : (Long) (at - session.lastSeen());
        set("session_views", status, source, session == null ? null : session.views(), age);
        set("session_cart_adds", status, source, session == null ? null : session.cartAdds(), age);
        set("session_checkouts", status, source, session == null ? null : session.checkouts(), age);
        set("session_distinct_skus", status, source, session == null ? null : session.distinctSkus(), age);
        set("session_method", status, source, session == null ? null : session.shippingMethod(), age);
    }

    void profile(FeatureStatus status, String source, @Nullable SkuProfile profile) {
        set("sku_handling_class", status, source, profile == null ? null : profile.handlingClass(), null);
        set("sku_stock", status, source, profile == null ? null : profile.stock(), null);
    }

    void demand(String entity, FeatureStatus status, String source, Demand demand) {
        boolean known = status == FeatureStatus.PRESENT || status == FeatureStatus.STALE;
        set(entity + "_views_1h", status, source, known ? demand.views() : null, null);
        set(entity + "_cart_adds_1h", status, source, known ? demand.cartAdds() : null, null);
    }

    boolean any(FeatureStatus status) {
        return values.values().stream().anyMatch(value -> value.status() == status);
    }

    boolean sessionUnknown() {
        return sessionStatus == FeatureStatus.NOT_FOUND;
    }

    /** All values in the order of the schema. */
    List<FeatureValue> list() {
        return FeatureSchema.CURRENT.features().stream().map(this::valueOf).toList();
    }

    private FeatureValue valueOf(FeatureDefinition definition) {
        FeatureValue value = values.get(definition.name());
        if (value == null) {
            return new FeatureValue(definition.name(), definition.defaultValue(), FeatureStatus.NOT_FOUND, REQUEST, null);
        }
        return value.value().isEmpty()
                ? new FeatureValue(value.name(), definition.defaultValue(), value.status(), value.source(), value.ageMillis())
                : value;
    }

    private void set(String name, FeatureStatus status, String source, @Nullable Object value, @Nullable Long ageMillis) {
        FeatureStatus effective = value == null && (status == FeatureStatus.PRESENT || status == FeatureStatus.STALE)
                ? FeatureStatus.NOT_FOUND
                : status;
        values.put(name, new FeatureValue(name, value == null ? "" : value.toString(), effective, source, ageMillis));
    }
}
