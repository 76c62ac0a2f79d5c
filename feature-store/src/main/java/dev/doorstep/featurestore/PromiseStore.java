package dev.doorstep.featurestore;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
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
    /** One partition, which is read with each batch of answers: it takes the promises of some 300 orders a second. */
    private static final String WANTED = "wanted";
    private static final Duration WANTED_FOR = Duration.ofDays(14);
    /** Of what an answer was made from. */
    public static final int MOST_SERVED_BYTES = ServedShelf.MOST_BYTES;
    private static final int MOST_WRITES = 25;
    private static final int MOST_WANTED = 100;

    private final DynamoDbClient client;
    private final String table;
    private final ServedShelf shelf;

    public PromiseStore(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.promises(settings);
        this.shelf = new ServedShelf(client, table);
    }

    /**
     * Writes a promise and its order's claim on it in one transaction; returning means it is durable.
     *
     * @param predictionId of the answer that it was made from
     * @param subject whose promise it is, as {@link Subject} gives it, or null where nobody said
     * @param body what {@link #find} gives back, byte for byte
     * @param madeAt when it was made
     * @return the promise that the order has now: this one, or an earlier one
     */
    public Kept keep(String promiseId, String orderId, String predictionId, @Nullable String subject, byte[] body, Instant madeAt) {
        Map<String, AttributeValue> promise = promiseKey(promiseId).put("orderId", orderId).put("predictionId", predictionId)
                .put(Tables.SUBJECT, subject)
                .put(BODY, body)
                .map();
        Map<String, AttributeValue> order = orderKey(orderId).put(PROMISE_ID, promiseId).map();
        TransactWriteItem wanted = TransactWriteItem.builder().put(put -> put.tableName(table)
                .item(wantedKey(predictionId).put(Tables.EXPIRES_AT, madeAt.plus(WANTED_FOR).getEpochSecond()).map())).build();
        try {
            client.transactWriteItems(request -> request.transactItems(ConditionalWrites.putIfAbsent(table, promise),
                    ConditionalWrites.putIfAbsent(table, order), wanted));
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
        if (served.isEmpty()) {
            return;
        }
        batches(ServedShelf.items(served, expires)).forEach(batch -> write(batch.stream()
                .map(item -> WriteRequest.builder().putRequest(put -> put.item(item)).build()).toList()));
        // A promise says that it wants its answer and then looks for it here; this wrote it and then looks who wants: one sees the other.
        List<String> ids = served.keySet().stream().sorted().toList();
        wanted(query -> query.keyConditionExpression("pk = :wanted AND sk BETWEEN :first AND :last")
                .expressionAttributeValues(Map.of(":wanted", AttributeValue.fromS(WANTED), ":first", AttributeValue.fromS(ids.getFirst()),
                        ":last", AttributeValue.fromS(ids.getLast()))))
                .forEach(id -> {
                    byte[] body = served.get(id);
                    if (body != null) {
                        keepPromised(id, body, promisedExpire);
                    }
                });
    }

    /** Only what is still wanted: an erasure takes it from the list first, and what it erased must not come back. */
    private void keepPromised(String predictionId, byte[] body, Instant expires) {
        TransactWriteItem wanted = TransactWriteItem.builder().delete(delete -> delete.tableName(table)
                .key(wantedKey(predictionId).map()).conditionExpression("attribute_exists(pk)")).build();
        TransactWriteItem kept = TransactWriteItem.builder().put(put -> put.tableName(table)
                .item(servedKey(predictionId).put(BODY, body).put(Tables.EXPIRES_AT, expires.getEpochSecond()).map())).build();
        try {
            client.transactWriteItems(request -> request.transactItems(wanted, kept));
        } catch (TransactionCanceledException e) {
            if (!ConditionalWrites.failed(e.cancellationReasons().getFirst())) {
                throw e;
            }
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
        return all.stream().gather(Gatherers.windowFixed(MOST_WRITES)).toList();
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

    private Stream<String> wanted(Consumer<QueryRequest.Builder> which) {
        return client.queryPaginator(request -> which.accept(request.tableName(table).consistentRead(true))).items().stream()
                .map(item -> Attributes.of(item).text(Tables.SORT_KEY));
    }

    /** Keeps what a promised answer was made from for as long as the promise, where it has arrived here. */
    public void extend(String predictionId, Instant expires) {
        byte[] body = served(predictionId);
        if (body != null) {
            keepPromised(predictionId, body, expires);
        }
    }

    /**
     * Does what {@link #extend} would have done for promises that were made just before a replica died, for a hundred of them.
     *
     * @param after the id to go on after; empty for the first
     * @return the id to go on after, empty where these were the last
     */
    public String extendWanted(String after, Instant expires) {
        List<String> ids = wanted(query -> query.keyConditionExpression("pk = :wanted AND sk > :after").limit(MOST_WANTED)
                .expressionAttributeValues(Map.of(":wanted", AttributeValue.fromS(WANTED), ":after",
                        AttributeValue.fromS(after.isEmpty() ? " " : after))))
                .limit(MOST_WANTED).toList();
        ids.forEach(id -> extend(id, expires));
        return ids.size() < MOST_WANTED ? "" : ids.getLast();
    }

    /** What an answer was made from, or null. */
    public byte @Nullable [] served(String predictionId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(servedKey(predictionId).map()).consistentRead(true)).item();
        AttributeValue body = item.get(BODY);
        return body == null ? shelf.find(predictionId) : body.b().asByteArray();
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

    static Attributes wantedKey(String predictionId) {
        return Attributes.key(WANTED, predictionId);
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
