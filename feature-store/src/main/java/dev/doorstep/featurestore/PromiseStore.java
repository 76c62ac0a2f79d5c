package dev.doorstep.featurestore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/** Keeps promises: one an order, written once, never changed, and when its customer is erased, emptied. Thread-safe. */
public final class PromiseStore {
    static final String PROMISE_SORT = "promise";
    private static final String ORDER_SORT = "order";
    static final String BODY = "body";
    private static final String PROMISE_ID = "promiseId";
    private static final String SERVED = "served#";
    private static final String TOKEN = "token";
    static final String QUOTE_SORT = "quote";
    private static final int MOST_OF_A_BATCH = 25;

    private final DynamoDbClient client;
    private final String table;

    public PromiseStore(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.promises(settings);
    }

    /**
     * Writes a promise and its order's claim on it in one transaction; returning means it is durable.
     *
     * @param predictionId of the answer that it was made from
     * @param subject whose promise it is, as {@link Subject} gives it, or null where nobody said
     * @param body what {@link #find} gives back, byte for byte
     * @return the promise that the order has now: this one, or an earlier one
     */
    public Kept keep(String promiseId, String orderId, String predictionId, @Nullable String subject, byte[] body) {
        Map<String, AttributeValue> promise = promiseKey(promiseId).put("orderId", orderId).put("predictionId", predictionId)
                .put(Tables.SUBJECT, subject)
                .put(BODY, body)
                .map();
        Map<String, AttributeValue> order = orderKey(orderId).put(PROMISE_ID, promiseId).map();
        TransactWriteItem mark = TransactWriteItem.builder()
                .put(put -> put.tableName(table).item(markKey(predictionId).put(PROMISE_ID, promiseId).map())).build();
        try {
            client.transactWriteItems(request -> request.transactItems(ConditionalWrites.putIfAbsent(table, promise),
                    ConditionalWrites.putIfAbsent(table, order), mark));
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

    /**
     * Keeps what answers were made from, until they can't be promised any more; for longer where they were promised meanwhile.
     *
     * @param served their bytes by prediction id
     * @param expires when they may go
     * @param promisedExpire when those of promises may go
     */
    public void keepServed(Map<String, byte[]> served, Instant expires, Instant promisedExpire) {
        for (List<String> batch : batches(served.keySet())) {
            List<WriteRequest> writes = batch.stream().map(id -> WriteRequest.builder().putRequest(put -> put.item(servedKey(id)
                    .put(BODY, Objects.requireNonNull(served.get(id))).put(Tables.EXPIRES_AT, expires.getEpochSecond()).map())).build())
                    .toList();
            write(writes);
            // A promise marks its answer and then looks for it here; this wrote it and then looks for marks: one of both sees the other.
            marked(batch).forEach(id -> extend(id, promisedExpire));
        }
    }

    /**
     * An answer that its customer can be given again.
     *
     * @param subject whose it is, as {@link Subject} gives it
     * @param question what was asked
     * @param token that it came with
     * @param validUntil when it ends
     */
    public record Quoted(String subject, String question, String token, Instant validUntil) {}

    /** Keeps answers for as long as they are valid; of one subject and question the last one. */
    public void keepQuotes(Collection<Quoted> quotes) {
        Map<String, WriteRequest> writes = new LinkedHashMap<>();
        quotes.forEach(quote -> writes.put(quote.subject() + quote.question(), WriteRequest.builder().putRequest(put -> put
                .item(quoteKey(quote.subject(), quote.question()).put(Tables.SUBJECT, quote.subject()).put(TOKEN, quote.token())
                        .put(Tables.EXPIRES_AT, quote.validUntil().getEpochSecond()).map()))
                .build()));
        batches(writes.values()).forEach(this::write);
    }

    /** The token of the answer that a subject was given to a question, or null. */
    public @Nullable String quoted(String subject, String question) {
        Map<String, AttributeValue> item = client.getItem(request -> request.tableName(table).key(quoteKey(subject, question).map()))
                .item();
        return item.isEmpty() ? null : Attributes.of(item).text(TOKEN);
    }

    /** As many together as DynamoDB takes at once. */
    private static <T> List<List<T>> batches(Collection<T> all) {
        return all.stream().gather(Gatherers.windowFixed(MOST_OF_A_BATCH)).toList();
    }

    private void write(List<WriteRequest> writes) {
        Map<String, List<WriteRequest>> left = Map.of(table, writes);
        while (!left.isEmpty()) {
            Map<String, List<WriteRequest>> next = left;
            left = client.batchWriteItem(request -> request.requestItems(next)).unprocessedItems();
        }
    }

    private static Attributes quoteKey(String subject, String question) {
        return Attributes.key("quote#" + subject + "#" + question, QUOTE_SORT);
    }

    private List<String> marked(List<String> ids) {
        List<Map<String, AttributeValue>> keys = ids.stream().map(id -> markKey(id).map()).toList();
        List<String> marked = new ArrayList<>();
        Map<String, KeysAndAttributes> left = Map.of(table, KeysAndAttributes.builder().keys(keys).consistentRead(true).build());
        while (!left.isEmpty()) {
            Map<String, KeysAndAttributes> next = left;
            BatchGetItemResponse response = client.batchGetItem(request -> request.requestItems(next));
            response.responses().getOrDefault(table, List.of()).forEach(
                    item -> marked.add(Attributes.of(item).text(Tables.PARTITION_KEY).substring(SERVED.length())));
            left = response.unprocessedKeys();
        }
        return marked;
    }

    /** Keeps what a promised answer was made from for longer, where it has arrived here. */
    public void extend(String predictionId, Instant expires) {
        ConditionalWrites.update(client, request -> request.tableName(table).key(servedKey(predictionId).map())
                .updateExpression("SET expiresAt = :expires").conditionExpression("attribute_exists(body)")
                .expressionAttributeValues(Map.of(":expires", Attributes.number(expires.getEpochSecond()))));
    }

    /** What an answer was made from, or null. */
    public byte @Nullable [] served(String predictionId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(servedKey(predictionId).map()).consistentRead(true)).item();
        AttributeValue body = item.get(BODY);
        return body == null ? null : body.b().asByteArray();
    }

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

    /** The promise that an order has, or null. */
    public @Nullable String promiseOf(String orderId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(orderKey(orderId).map()).consistentRead(true)).item();
        return item.isEmpty() ? null : Attributes.of(item).text(PROMISE_ID);
    }

    static Attributes servedKey(String predictionId) {
        return Attributes.key(SERVED + predictionId, "served");
    }

    static Attributes markKey(String predictionId) {
        return Attributes.key(SERVED + predictionId, "promised");
    }

    private static Attributes promiseKey(String promiseId) {
        return Attributes.key(promisePartition(promiseId), PROMISE_SORT);
    }

    static Attributes orderKey(String orderId) {
        return Attributes.key(orderPartition(orderId), ORDER_SORT);
    }

    static String promisePartition(String promiseId) {
        return "promise#" + promiseId;
    }

    static String orderPartition(String orderId) {
        return "order#" + orderId;
    }
}
