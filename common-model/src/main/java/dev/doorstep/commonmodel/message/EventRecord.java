package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.document.ClickstreamDocument;
import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.document.Shipping;
import dev.doorstep.commonmodel.feature.EntityKey;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code clickstream.events}: a usable document, what it came from and when. Schema {@code event/1}.
 *
 * @param contentHash SHA-256 of the canonical {@code _source}, 64 hex digits
 * @param receivedAt epoch milliseconds of the first receipt; a replay keeps it
 * @param source name of the source, such as {@code http}
 * @param position where in the source it stood
 */
public record EventRecord(String id, long createdDateTime, @Nullable String sessionId, @Nullable String eventType,
        @Nullable String customerKey, List<Product> products, @Nullable Shipping shipping, String contentHash, long receivedAt,
        String source,
        String position) {
    public static final String SCHEMA = "event/1";

    public EventRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(contentHash, "contentHash");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(position, "position");
        products = products == null ? List.of() : List.copyOf(products);
    }

    /** The record of a document. */
    public static EventRecord of(ClickstreamDocument document, String contentHash, long receivedAt, String source, String position) {
        return new EventRecord(document.id(), document.createdDateTime(), document.sessionId(), document.eventType(),
                document.customerKey(), document.products(), document.shipping(), contentHash, receivedAt, source, position);
    }

    /** The same event, as a replay of the dead letter of that id hands it on. */
    public EventRecord asReplayOf(String letterId) {
        return new EventRecord(id, createdDateTime, sessionId, eventType, customerKey, products, shipping, contentHash, receivedAt,
                Topics.REPLAY_SOURCE, letterId);
    }

    /** The same event, whose content has another hash. */
    public EventRecord withContentHash(String hash) {
        return new EventRecord(id, createdDateTime, sessionId, eventType, customerKey, products, shipping, hash, receivedAt, source,
                position);
    }

    /** The Kafka key: one session's events stay in order on one partition. */
    public String key() {
        return sessionId == null ? id : sessionId;
    }

    /** The area that the parcel goes to, or null where the event does not say. */
    public @Nullable String areaKey() {
        return shipping == null || shipping.country() == null || shipping.postalCode() == null
                ? null
                : EntityKey.area(shipping.country(), shipping.postalCode());
    }
}
