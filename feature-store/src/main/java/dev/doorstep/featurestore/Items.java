package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.time.TemporalFeatures;
import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The one place that knows what the items of the feature table look like. */
final class Items {
    static final String CONTENT_HASH = "contentHash";
    static final String NEXT_POSITION = "nextPosition";
    static final String VERSION = "version";
    static final String VIEWS = "views";
    static final String CART_ADDS = "cartAdds";
    static final String CHECKOUTS = "checkouts";
    private static final String COUNTS = "counts";
    private static final String FOREIGN = "foreign";
    private static final String APPLIED = "applied";
    private static final String DUPLICATE = "duplicate";
    private static final String DEAD_LETTERED = "deadLettered";
    static final String COUNTER_PREFIX = "c#";
    static final String PROFILE_PREFIX = "p#";

    private static final String EVENT_SORT = "event";
    private static final String SESSION_SORT = "session";
    private static final String PROGRESS_SORT = "progress";

    private Items() {}

    static Attributes eventKey(String eventId) {
        return Attributes.key("event#" + eventId, EVENT_SORT);
    }

    static Map<String, AttributeValue> event(EventRecord event, long expiresAt) {
        TemporalFeatures time = TemporalFeatures.of(event.createdDateTime());
        return eventKey(event.id()).put(CONTENT_HASH, event.contentHash()).put("createdDateTime", event.createdDateTime())
                .put("dayOfYear", time.dayOfYear()).put("dayOfWeek", time.dayOfWeek()).put("hourOfDay", time.hourOfDay())
                .put("sessionId", event.sessionId()).put("eventType", event.eventType())
                .put(Tables.SUBJECT, Subject.of(event.customerKey()))
                .put("receivedAt", event.receivedAt()).put(Tables.EXPIRES_AT, expiresAt).map();
    }

    static StoredEvent storedEvent(Map<String, AttributeValue> item) {
        Attributes event = Attributes.of(item);
        return new StoredEvent(event.text(Tables.PARTITION_KEY).substring("event#".length()), event.longOr("createdDateTime", 0),
                new TemporalFeatures((int) event.longOr("dayOfYear", 0), (int) event.longOr("dayOfWeek", 0),
                        (int) event.longOr("hourOfDay", 0)),
                event.textOrNull("sessionId"), event.textOrNull("eventType"), event.text(CONTENT_HASH), event.longOr("receivedAt", 0));
    }

    static Attributes sessionKey(String sessionId) {
        return Attributes.key(EntityKey.session(sessionId), SESSION_SORT);
    }

    static Map<String, AttributeValue> session(SessionState session, long expiresAt) {
        return sessionKey(session.sessionId()).put("events", session.events()).put(VIEWS, session.views())
                .put(CART_ADDS, session.cartAdds()).put(CHECKOUTS, session.checkouts()).put("skus", session.skus())
                .put("firstSeen", session.firstSeen()).put("lastSeen", session.lastSeen()).put("shippingMethod", session.shippingMethod())
                .put("methodAt", session.methodAt()).put(VERSION, session.version()).put(Tables.EXPIRES_AT, expiresAt).map();
    }

    static SessionState sessionState(String sessionId, Map<String, AttributeValue> item) {
        Attributes session = Attributes.of(item);
        return new SessionState(sessionId, session.longOr("events", 0), session.longOr(VIEWS, 0), session.longOr(CART_ADDS, 0),
                session.longOr(CHECKOUTS, 0), session.texts("skus"), session.longOr("firstSeen", Long.MAX_VALUE),
                session.longOr("lastSeen", Long.MIN_VALUE), session.textOrNull("shippingMethod"), session.longOr("methodAt", -1),
                session.longOr(VERSION, 0));
    }

    /** Sorts by time, so that a span of buckets is one query; the width fits every instant that a document may have. */
    static String counterSort(long bucketStart, int partition) {
        return counterSpan(bucketStart) + "#" + partition;
    }

    static String counterSpan(long bucketStart) {
        return COUNTER_PREFIX + "%013d".formatted(bucketStart);
    }

    static Demand demand(Map<String, AttributeValue> item) {
        Attributes counter = Attributes.of(item);
        return new Demand(counter.longOr(VIEWS, 0), counter.longOr(CART_ADDS, 0), counter.longOr(CHECKOUTS, 0));
    }

    static Map<String, AttributeValue> profile(SkuProfile profile, int partition, long expiresAt) {
        Attributes item = Attributes.key(EntityKey.sku(profile.sku()), PROFILE_PREFIX + partition)
                .put("handlingClass", profile.handlingClass()).put("asOf", profile.asOf()).put(Tables.EXPIRES_AT, expiresAt);
        return profile.stock() == null ? item.map() : item.put("stock", profile.stock()).map();
    }

    static SkuProfile skuProfile(String sku, Map<String, AttributeValue> item) {
        Attributes profile = Attributes.of(item);
        Integer stock = item.containsKey("stock") ? (Integer) (int) profile.longOr("stock", 0) : null;
        return new SkuProfile(sku, profile.textOrNull("handlingClass"), stock, profile.longOr("asOf", 0));
    }

    static Map<String, AttributeValue> progress(PartitionId partition, Progress progress) {
        Map<String, AttributeValue> item = progressKey(partition).put(NEXT_POSITION, progress.nextPosition()).map();
        Map<String, AttributeValue> sources = new HashMap<>();
        progress.counts().forEach((source, counts) -> sources.put(source,
                AttributeValue.fromM(Map.of(FOREIGN, Attributes.number(counts.foreign()), APPLIED, Attributes.number(counts.applied()),
                        DUPLICATE, Attributes.number(counts.duplicate()), DEAD_LETTERED, Attributes.number(counts.deadLettered())))));
        item.put(COUNTS, AttributeValue.fromM(sources));
        return item;
    }

    static Progress progress(Map<String, AttributeValue> item) {
        if (item.isEmpty()) {
            return Progress.START;
        }
        Map<String, SourceCounts> counts = new HashMap<>();
        if (item.containsKey(COUNTS)) {
            item.get(COUNTS).m().forEach((source, value) -> {
                Attributes numbers = Attributes.of(value.m());
                counts.put(source, new SourceCounts(numbers.longOr(FOREIGN, 0), numbers.longOr(APPLIED, 0),
                        numbers.longOr(DUPLICATE, 0), numbers.longOr(DEAD_LETTERED, 0)));
            });
        }
        return new Progress(Attributes.of(item).longOr(NEXT_POSITION, 0), counts);
    }

    static Attributes progressKey(PartitionId partition) {
        return Attributes.key("progress#" + partition.topic() + "#" + partition.topicId() + "#" + partition.partition(), PROGRESS_SORT);
    }
}
