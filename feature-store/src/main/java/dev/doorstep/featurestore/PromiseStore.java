package dev.doorstep.featurestore;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Keeps promises: one an order, written once, never changed. Thread-safe. */
public final class PromiseStore {
    private static final String PROMISE_SORT = "promise";
    private static final String ORDER_SORT = "order";
    private static final String BODY = "body";
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
     * @param body what {@link #find} gives back, byte for byte
     * @return the promise that the order has now: this one, or an earlier one
     */
    public Kept keep(String promiseId, String orderId, byte[] body) {
        Map<String, AttributeValue> promise = Attributes.key("promise#" + promiseId, PROMISE_SORT).put("orderId", orderId).map();
        promise.put(BODY, AttributeValue.fromB(SdkBytes.fromByteArray(body)));
        Map<String, AttributeValue> order = orderKey(orderId).put(PROMISE_ID, promiseId).map();
        try {
            client.transactWriteItems(request -> request.transactItems(absent(promise), absent(order)));
            return new Kept(promiseId, true);
        } catch (TransactionCanceledException e) {
            String earlier = promiseOf(orderId);
            if (earlier == null) {
                throw e;
            }
            return new Kept(earlier, false);
        }
    }

    /** The promise that an order has, and whether it was written just now. */
    public record Kept(String promiseId, boolean created) {}

    /** A promise's bytes, strongly consistent, or null when there is none of that id. */
    public byte @Nullable [] find(String promiseId) {
        Map<String, AttributeValue> item = client.getItem(request -> request.tableName(table)
                .key(Attributes.key("promise#" + promiseId, PROMISE_SORT).map()).consistentRead(true)).item();
        AttributeValue body = item.get(BODY);
        return body == null ? null : body.b().asByteArray();
    }

    private @Nullable String promiseOf(String orderId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(orderKey(orderId).map()).consistentRead(true)).item();
        return item.isEmpty() ? null : Attributes.of(item).text(PROMISE_ID);
    }

    private static Attributes orderKey(String orderId) {
        return Attributes.key("order#" + orderId, ORDER_SORT);
    }

    private TransactWriteItem absent(Map<String, AttributeValue> item) {
        return TransactWriteItem.builder().put(put -> put.tableName(table).item(item).conditionExpression("attribute_not_exists(pk)"))
                .build();
    }
}
