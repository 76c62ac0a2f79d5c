package dev.doorstep.featurestore;

import java.util.Map;
import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Keeps promises: one an order, written once, never changed, and when its customer is erased, emptied. Thread-safe. */
public final class PromiseStore {
    static final String PROMISE_SORT = "promise";
    private static final String ORDER_SORT = "order";
    static final String BODY = "body";
    private static final String PROMISE_ID = "promiseId";

    private final DynamoDbClient client;
    private final String table;

    public PromiseStore(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.promises(settings);
    }

    /**
     * Writes a promise and its order's claim on it in one transaction; returning means it is durable.
     *
     * @param subject whose promise it is, as {@link Subject} gives it, or null where nobody said
     * @param body what {@link #find} gives back, byte for byte
     * @return the promise that the order has now: this one, or an earlier one
     */
    public Kept keep(String promiseId, String orderId, @Nullable String subject, byte[] body) {
        Map<String, AttributeValue> promise = promiseKey(promiseId).put("orderId", orderId).put(Tables.SUBJECT, subject).put(BODY, body)
                .map();
        Map<String, AttributeValue> order = orderKey(orderId).put(PROMISE_ID, promiseId).map();
        try {
            client.transactWriteItems(request -> request.transactItems(ConditionalWrites.putIfAbsent(table, promise),
                    ConditionalWrites.putIfAbsent(table, order)));
            return new Kept(promiseId, true);
        } catch (TransactionCanceledException e) {
            String earlier = promiseOf(orderId);
            if (earlier != null) {
                return new Kept(earlier, false);
            }
            if (find(promiseId) != null) {
                // Erased: the order's claim went with it, the promise's empty item stays.
                return new Kept(promiseId, false);
            }
            throw e;
        }
    }

    /** The promise that an order has, and whether it was written just now. */
    public record Kept(String promiseId, boolean created) {}

    /**
     * A promise as it is stored.
     *
     * @param body its bytes, or null once it is erased
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Stored(byte @Nullable [] body) {}

    /** A promise, strongly consistent, or null when there never was one of that id. */
    public @Nullable Stored find(String promiseId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(promiseKey(promiseId).map()).consistentRead(true)).item();
        if (item.isEmpty()) {
            return null;
        }
        AttributeValue body = item.get(BODY);
        return new Stored(body == null ? null : body.b().asByteArray());
    }

    private @Nullable String promiseOf(String orderId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(orderKey(orderId).map()).consistentRead(true)).item();
        return item.isEmpty() ? null : Attributes.of(item).text(PROMISE_ID);
    }

    private static Attributes promiseKey(String promiseId) {
        return Attributes.key("promise#" + promiseId, PROMISE_SORT);
    }

    static Attributes orderKey(String orderId) {
        return Attributes.key("order#" + orderId, ORDER_SORT);
    }
}
