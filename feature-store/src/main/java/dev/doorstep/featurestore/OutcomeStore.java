package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Outcome;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import software.amazon.awssdk.core.pagination.sync.SdkIterable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Keeps scans of parcels by the promise or order that they name, and counts each record of the topic once: a scan, its count and the
 * partition's position are one transaction. Thread-safe.
 */
public final class OutcomeStore {
    private static final String PROGRESS = "outcome-progress";
    private static final String SCAN = "scan#";
    private static final String NEXT = "nextOffset";

    private final DynamoDbClient client;
    private final String table;
    private final MessageCodec codec = new MessageCodec();

    public OutcomeStore(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.promises(settings);
    }

    /** What became of an outcome. */
    public enum Taken {
        /** It belongs to a promise. */
        APPLIED,
        /** It does, and came after the promise's cohort had matured. */
        LATE,
        /** It was known. */
        DUPLICATE,
        /** It was known with other content, or goes against what was known of the parcel; the first delivery counts. */
        CONTRADICTORY,
        /** It happened before its promise was made, and is not used. */
        EARLY,
        /** There is no such promise yet; it waits for it. */
        UNKNOWN
    }

    /**
     * Takes a record of the topic; one that was taken before changes nothing.
     *
     * @param outcome the scan
     * @param partition of the record
     * @param offset of the record
     * @param judged what it would be, were it new
     * @param expires when the scan may go
     */
    public void take(Outcome outcome, PartitionId partition, long offset, Taken judged, Instant expires) {
        Map<String, AttributeValue> scan = scanKey(outcome).put(PromiseStore.BODY, codec.write(outcome))
                .put(Tables.EXPIRES_AT, expires.getEpochSecond()).map();
        try {
            client.transactWriteItems(
                    request -> request.transactItems(count(partition, offset, judged), ConditionalWrites.putIfAbsent(table, scan)));
        } catch (TransactionCanceledException e) {
            if (next(partition) > offset) {
                return;
            }
            Map<String, AttributeValue> known = client
                    .getItem(request -> request.tableName(table).key(scanKey(outcome).map()).consistentRead(true)).item();
            if (known.isEmpty()) {
                throw e;
            }
            Outcome earlier = codec.read(Attributes.of(known).bytes(PromiseStore.BODY), Outcome.class);
            Taken again = earlier.saysTheSameAs(outcome) ? Taken.DUPLICATE : Taken.CONTRADICTORY;
            client.transactWriteItems(request -> request.transactItems(count(partition, offset, again)));
        }
    }

    /** Counts a record that is no outcome, or one that is known already, once. */
    public void skip(PartitionId partition, long offset, Taken kind) {
        if (next(partition) <= offset) {
            client.transactWriteItems(request -> request.transactItems(count(partition, offset, kind)));
        }
    }

    private long next(PartitionId partition) {
        return Attributes
                .of(client.getItem(request -> request.tableName(table).key(progressKey(partition).map()).consistentRead(true)).item())
                .longOr(NEXT, 0);
    }

    private TransactWriteItem count(PartitionId partition, long offset, Taken kind) {
        return TransactWriteItem.builder()
                .update(update -> update.tableName(table).key(progressKey(partition).map())
                        .updateExpression("SET nextOffset = :next ADD #kind :one")
                        .conditionExpression("attribute_not_exists(nextOffset) OR nextOffset <= :offset")
                        .expressionAttributeNames(Map.of("#kind", kind.name()))
                        .expressionAttributeValues(
                                Map.of(":next", Attributes.number(offset + 1), ":offset", Attributes.number(offset), ":one",
                                        Attributes.number(1))))
                .build();
    }

    /** All that was taken so far, by what became of it. */
    public Map<Taken, Long> counts() {
        Map<Taken, Long> counts = new EnumMap<>(Taken.class);
        client.queryPaginator(request -> request.tableName(table).keyConditionExpression("pk = :progress")
                .expressionAttributeValues(Map.of(":progress", AttributeValue.fromS(PROGRESS))).consistentRead(true)).items()
                .forEach(item -> {
                    for (Taken kind : Taken.values()) {
                        counts.merge(kind, Attributes.of(item).longOr(kind.name(), 0), Long::sum);
                    }
                });
        return counts;
    }

    /** Every scan that names a promise or its order. */
    public List<Outcome> scans(String promiseId, String orderId) {
        return Stream.of(PromiseStore.promisePartition(promiseId), PromiseStore.orderPartition(orderId))
                .flatMap(partition -> scanItems(client, table, partition).stream())
                .map(item -> codec.read(Attributes.of(item).bytes(PromiseStore.BODY), Outcome.class)).toList();
    }

    /** The items of all scans of one partition. */
    static SdkIterable<Map<String, AttributeValue>> scanItems(DynamoDbClient client, String table, String partition) {
        return client.queryPaginator(request -> request.tableName(table).keyConditionExpression("pk = :id AND begins_with(sk, :scan)")
                .expressionAttributeValues(Map.of(":id", AttributeValue.fromS(partition), ":scan", AttributeValue.fromS(SCAN)))
                .consistentRead(true)).items();
    }

    private static Attributes scanKey(Outcome outcome) {
        String promiseId = outcome.promiseId();
        return Attributes.key(promiseId != null
                ? PromiseStore.promisePartition(promiseId)
                : PromiseStore.orderPartition(Objects.requireNonNull(outcome.orderId())), SCAN + outcome.outcomeId());
    }

    private static Attributes progressKey(PartitionId partition) {
        return Attributes.key(PROGRESS, partition.topic() + "/" + partition.topicId() + "/" + partition.partition());
    }
}
