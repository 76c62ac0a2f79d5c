package dev.doorstep.featurestore;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Keeps which model serves: a pointer that moves from one epoch to the next, a history that only grows, and documents of models, rollouts
 * and replicas. Bodies are the caller's bytes. All reads are strongly consistent. Thread-safe.
 */
public final class ModelStore {
    private static final String POINTER = "pointer";
    private static final String HISTORY = "history";
    private static final String BODY = "body";
    private static final String EPOCH = "epoch";
    private static final String AT = "at";

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;

    /**
     * Creates the store.
     *
     * @param clock of the machine, by which leases end
     */
    public ModelStore(DynamoDbClient client, StoreSettings settings, Clock clock) {
        this.client = client;
        this.table = Tables.models(settings);
        this.clock = clock;
    }

    /** Kinds of documents. */
    public enum Kind {
        /** A model, by its version. */
        MODEL("model"),
        /** A rollout, by its id. */
        ROLLOUT("rollout"),
        /** What a replica says of itself, by its id. */
        REPLICA("replica"),
        /** The calendars and cut-offs that promises were made under, by their digest. */
        POLICY("policy"),
        /** Two forecasts of one order and what came of it, by the candidate's digest, the order's date and the promise. */
        PAIR("pair"),
        /** What a replica saw of a feature, by the model's digest, the day and the feature. */
        DRIFT("drift"),
        /** Promises with what became of them, by the day of the order and the promise. */
        COHORT("cohort"),
        /** The same of a whole day of orders, counted together, by the day. */
        COUNTED("counted"),
        /** That something became known of a day's orders after they were counted, by the day. */
        RECOUNT("recount"),
        /** What outcomes say of a model's probabilities, by its digest and the last day of their orders; never written over. */
        LIVE("live");

        private final String partition;

        Kind(String partition) {
            this.partition = partition;
        }
    }

    /**
     * The pointer.
     *
     * @param epoch 1 or more, one more with each move
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Pointer(long epoch, byte[] body) {}

    /** The pointer, or null before the first move. */
    public @Nullable Pointer pointer() {
        Map<String, AttributeValue> item = item(POINTER, POINTER);
        return item.isEmpty() ? null : new Pointer(Attributes.of(item).longOr(EPOCH, 0), Attributes.of(item).bytes(BODY));
    }

    /**
     * Moves the pointer to the next epoch together with its entry in the history, or not at all.
     *
     * @param next whose epoch is one more than that which it was decided on
     * @param at when, never before the entry before it
     * @param entry of the history
     * @param documents written with it, by kind and id
     * @return false when someone else moved it first
     */
    public boolean move(Pointer next, Instant at, byte[] entry, Map<Key, byte[]> documents) {
        List<TransactWriteItem> writes = new ArrayList<>();
        writes.add(TransactWriteItem.builder()
                .put(put -> put.tableName(table)
                        .item(Attributes.key(POINTER, POINTER).put(EPOCH, next.epoch()).put(BODY, next.body()).map())
                        .conditionExpression(next.epoch() == 1 ? "attribute_not_exists(pk)" : "epoch = :before")
                        .expressionAttributeValues(next.epoch() == 1 ? null : Map.of(":before", Attributes.number(next.epoch() - 1))))
                .build());
        writes.add(ConditionalWrites.putIfAbsent(table,
                Attributes.key(HISTORY, sorted(at, next.epoch())).put(AT, at.toEpochMilli()).put(BODY, entry).map()));
        documents.forEach((key, body) -> writes.add(TransactWriteItem.builder()
                .put(put -> put.tableName(table).item(Attributes.key(key.kind().partition, key.id()).put(BODY, body).map())).build()));
        try {
            client.transactWriteItems(request -> request.transactItems(writes));
            return true;
        } catch (TransactionCanceledException _) {
            return false;
        }
    }

    /** Where a document is. */
    public record Key(Kind kind, String id) {}

    /** Entries of the history up to an instant, the last one first. */
    public List<byte[]> history(Instant until, int limit) {
        // Entries carry figures, so that a page of the store may hold fewer than were asked for.
        return client.queryPaginator(request -> request.tableName(table).keyConditionExpression("pk = :history AND sk <= :until")
                .expressionAttributeValues(Map.of(":history", AttributeValue.fromS(HISTORY), ":until",
                        AttributeValue.fromS(sorted(until, 9_999_999_999L))))
                .scanIndexForward(false).limit(limit).consistentRead(true)).items().stream().limit(limit).map(ModelStore::body).toList();
    }

    /** Writes a document where there is none of its id; false when there is. */
    public boolean create(Kind kind, String id, byte[] body, @Nullable Instant expires) {
        try {
            client.putItem(request -> request.tableName(table).item(document(kind, id, body, expires))
                    .conditionExpression("attribute_not_exists(pk)"));
            return true;
        } catch (ConditionalCheckFailedException _) {
            return false;
        }
    }

    /** Writes a document, over one that is there. */
    public void put(Kind kind, String id, byte[] body, @Nullable Instant expires) {
        client.putItem(request -> request.tableName(table).item(document(kind, id, body, expires)));
    }

    /** Takes a document away, where there is one. */
    public void remove(Kind kind, String id) {
        client.deleteItem(request -> request.tableName(table).key(Attributes.key(kind.partition, id).map()));
    }

    private static Map<String, AttributeValue> document(Kind kind, String id, byte[] body, @Nullable Instant expires) {
        Attributes item = Attributes.key(kind.partition, id).put(BODY, body);
        if (expires != null) {
            item.put(Tables.EXPIRES_AT, expires.getEpochSecond());
        }
        return item.map();
    }

    /** The document of a kind whose id comes last of those that start with a text, or null when there is none. */
    public byte @Nullable [] last(Kind kind, String prefix) {
        return client.query(request -> request.tableName(table).keyConditionExpression("pk = :kind AND begins_with(sk, :prefix)")
                .expressionAttributeValues(
                        Map.of(":kind", AttributeValue.fromS(kind.partition), ":prefix", AttributeValue.fromS(prefix)))
                .scanIndexForward(false).limit(1).consistentRead(true)).items().stream().map(ModelStore::body).findFirst().orElse(null);
    }

    /** A document, or null when there is none of that id. */
    public byte @Nullable [] find(Kind kind, String id) {
        Map<String, AttributeValue> item = item(kind.partition, id);
        return item.isEmpty() ? null : body(item);
    }

    /** All documents of a kind whose id starts with a text, by their ids' order. */
    public List<byte[]> list(Kind kind, String prefix) {
        return client.queryPaginator(request -> {
            request.tableName(table).consistentRead(true);
            if (prefix.isEmpty()) {
                request.keyConditionExpression("pk = :kind")
                        .expressionAttributeValues(Map.of(":kind", AttributeValue.fromS(kind.partition)));
            } else {
                request.keyConditionExpression("pk = :kind AND begins_with(sk, :prefix)").expressionAttributeValues(
                        Map.of(":kind", AttributeValue.fromS(kind.partition), ":prefix", AttributeValue.fromS(prefix)));
            }
        }).items().stream().map(ModelStore::body).toList();
    }

    /** Takes the lease on decisions that nobody asked for, or makes it longer; false while another replica has it. */
    public boolean claim(String owner, Duration lease) {
        return Leases.claim(client, table, Attributes.key("lease", "decisions").map(), owner, lease, clock);
    }

    private Map<String, AttributeValue> item(String partition, String id) {
        return client.getItem(request -> request.tableName(table).key(Attributes.key(partition, id).map()).consistentRead(true)).item();
    }

    private static byte[] body(Map<String, AttributeValue> item) {
        return Attributes.of(item).bytes(BODY);
    }

    /** Sorts by time, and by epoch what happened in the same millisecond. */
    private static String sorted(Instant at, long epoch) {
        return String.format(Locale.ROOT, "%015d-%010d", at.toEpochMilli(), epoch);
    }
}
