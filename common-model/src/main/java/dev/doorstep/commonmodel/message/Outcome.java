package dev.doorstep.commonmodel.message;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The value of {@code delivery.outcomes}: one scan of a parcel. Schema {@code outcome/1}.
 *
 * @param outcomeId the sender's id of the scan; the same id is the same scan
 * @param promiseId the promise it belongs to, or null where {@code orderId} tells
 * @param orderId the order it belongs to, or null where {@code promiseId} tells
 * @param shipmentId the parcel, or null where the order has one
 */
public record Outcome(String outcomeId, @Nullable String promiseId, @Nullable String orderId, @Nullable String shipmentId, Type type,
        Instant occurredAt) {
    public static final String SCHEMA = "outcome/1";

    /** What the scan says. */
    public enum Type {
        DELIVERED, ATTEMPTED, EXCEPTION, CANCELLED, LOST;

        @JsonValue
        String wireName() {
            return WireName.of(this);
        }
    }

    public Outcome {
        Objects.requireNonNull(outcomeId, "outcomeId");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(occurredAt, "occurredAt");
        if (promiseId == null && orderId == null) {
            throw new IllegalArgumentException("an outcome names a promiseId or an orderId");
        }
    }

    /** Whether another scan of the same id says the same, however each names its order. */
    public boolean saysTheSameAs(Outcome other) {
        return type == other.type && occurredAt.equals(other.occurredAt) && Objects.equals(shipmentId, other.shipmentId);
    }
}
