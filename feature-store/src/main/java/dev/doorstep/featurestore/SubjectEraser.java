package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.message.DeadLetter;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Erases a customer. Of events the reference to session and customer goes, and what remains, their id, digest and time, keeps their copies
 * recognisable; sessions and answers to be given again go, what answers
 * that nobody promised were made from expires within days and names nobody; promises are emptied and stay as such; dead letters that hold the
 * customer key go with their originals. Erasing again, or after a failure on the way, is safe. Thread-safe.
 */
public final class SubjectEraser {
    private static final int PAGE = 500;

    private final DynamoDbClient client;
    private final String features;
    private final String promises;
    private final ServedShelf shelf;
    private final DeadLetterStore letters;
    private final Originals originals;
    private final Clock clock;

    public SubjectEraser(DynamoDbClient client, StoreSettings settings, DeadLetterStore letters, Originals originals, Clock clock) {
        this.client = client;
        this.features = Tables.features(settings);
        this.promises = Tables.promises(settings);
        this.shelf = new ServedShelf(client, promises);
        this.letters = letters;
        this.originals = originals;
        this.clock = clock;
    }

    /**
     * What was erased.
     *
     * @param sessions their ids, for those who keep copies
     */
    public record Erased(long events, List<String> sessions, long promises, long deadLetters) {
        public Erased {
            sessions = List.copyOf(sessions);
        }

        public boolean isNothing() {
            return events == 0 && sessions.isEmpty() && promises == 0 && deadLetters == 0;
        }

        /** Both together. */
        public Erased plus(Erased other) {
            return new Erased(events + other.events, Stream.concat(sessions.stream(), other.sessions.stream()).distinct().toList(),
                    promises + other.promises, deadLetters + other.deadLetters);
        }
    }

    /** Hears of sessions that are gone, and returns when everyone who keeps copies has been told. */
    @FunctionalInterface
    public interface Readers {
        void tell(Set<String> sessions);
    }

    /**
     * Erases everything of a customer that can be found now; what was written a moment ago may be found by the next call.
     *
     * @throws IOException when the archive does not answer
     * @throws software.amazon.awssdk.core.exception.SdkException when DynamoDB does not answer
     */
    public Erased erase(String customerKey, Readers readers) throws IOException {
        String subject = Objects.requireNonNull(Subject.of(customerKey), "customerKey");
        Set<String> sessions = new HashSet<>();
        List<Map<String, AttributeValue>> events = keysOf(features, subject);
        for (Map<String, AttributeValue> key : events) {
            Map<String, AttributeValue> item = client
                    .getItem(request -> request.tableName(features).key(key).consistentRead(true)).item();
            String session = item.isEmpty() ? null : Attributes.of(item).textOrNull("sessionId");
            if (session != null && sessions.add(session)) {
                client.deleteItem(request -> request.tableName(features).key(Items.sessionKey(session).map()));
            }
        }
        readers.tell(sessions);
        // Only now: a failure before this leaves the events to find the sessions by.
        for (Map<String, AttributeValue> key : events) {
            updateWhereItIs(features, key, "REMOVE sessionId, subject", Map.of());
        }
        long kept = 0;
        for (Map<String, AttributeValue> key : keysOf(promises, subject)) {
            if (Attributes.of(key).text(Tables.SORT_KEY).equals(PromiseStore.QUOTE_SORT)) {
                client.deleteItem(request -> request.tableName(promises).key(key));
            } else {
                emptyPromise(key);
                kept++;
            }
        }
        return new Erased(events.size(), List.copyOf(sessions), kept, eraseLetters(customerKey));
    }

    private void emptyPromise(Map<String, AttributeValue> key) {
        Map<String, AttributeValue> item = client.getItem(request -> request.tableName(promises).key(key).consistentRead(true)).item();
        String orderId = item.isEmpty() ? null : Attributes.of(item).textOrNull("orderId");
        if (orderId != null) {
            client.deleteItem(request -> request.tableName(promises).key(PromiseStore.orderKey(orderId).map()));
        }
        String predictionId = item.isEmpty() ? null : Attributes.of(item).textOrNull("predictionId");
        if (predictionId != null) {
            // In this order: nobody keeps what is not wanted any more.
            client.deleteItem(request -> request.tableName(promises).key(PromiseStore.wantedKey(predictionId).map()));
            client.deleteItem(request -> request.tableName(promises).key(PromiseStore.servedKey(predictionId).map()));
            shelf.remove(predictionId);
        }
        deleteScans(Attributes.of(key).text(Tables.PARTITION_KEY));
        if (orderId != null) {
            deleteScans(PromiseStore.orderPartition(orderId));
        }
        updateWhereItIs(promises, key, "SET erasedAt = :now REMOVE body, orderId, predictionId, subject",
                Map.of(":now", Attributes.number(clock.millis())));
    }

    /** Where a parcel was and when; what is counted of it names nobody. */
    private void deleteScans(String partition) {
        OutcomeStore.scanItems(client, promises, partition).forEach(item -> client.deleteItem(request -> request.tableName(promises)
                .key(Map.of(Tables.PARTITION_KEY, item.get(Tables.PARTITION_KEY), Tables.SORT_KEY, item.get(Tables.SORT_KEY)))));
    }

    /** An item that has just expired must not be made anew. */
    private void updateWhereItIs(String table, Map<String, AttributeValue> key, String expression, Map<String, AttributeValue> values) {
        ConditionalWrites.update(client, request -> request.tableName(table).key(key).updateExpression(expression)
                .conditionExpression("attribute_exists(pk)").expressionAttributeValues(values.isEmpty() ? null : values));
    }

    /** Reads every letter: what could not be parsed can't be looked up either. */
    private long eraseLetters(String customerKey) throws IOException {
        List<byte[]> needles = ByteSearch.forms(customerKey);

        long erased = 0;
        String after = null;
        do {
            DeadLetterStore.Page page = letters.list(LetterFilter.ALL, after, PAGE);
            for (StoredLetter letter : page.letters()) {
                if (holds(letter.id(), needles)) {
                    DeadLetter original = letters.original(letter.id());
                    if (original != null && original.archive() != null) {
                        originals.delete(original.archive());
                    }
                    letters.delete(letter.id());
                    erased++;
                }
            }
            after = page.next();
        } while (after != null);
        return erased;
    }

    private boolean holds(String id, List<byte[]> needles) throws IOException {
        DeadLetter letter = letters.original(id);
        if (letter == null) {
            return false;
        }
        byte[] corrected = letters.corrected(id);
        for (byte[] needle : needles) {
            if (ByteSearch.contains(letter.original(), needle) || (corrected != null && ByteSearch.contains(corrected, needle))
                    || ByteSearch.contains(letter.position().getBytes(StandardCharsets.UTF_8), needle)) {
                return true;
            }
        }
        return letter.archive() != null && archiveHolds(letter.archive(), needles);
    }

    private boolean archiveHolds(String name, List<byte[]> needles) throws IOException {
        for (byte[] needle : needles) {
            try (InputStream in = originals.open(name)) {
                if (ByteSearch.contains(in, needle)) {
                    return true;
                }
            } catch (FileNotFoundException _) {
                // Nothing is left of it to be erased.
                return false;
            }
        }
        return false;
    }

    private List<Map<String, AttributeValue>> keysOf(String table, String subject) {
        return client
                .queryPaginator(
                        request -> request.tableName(table).indexName(Tables.BY_SUBJECT).keyConditionExpression("subject = :subject")
                                .expressionAttributeValues(Map.of(":subject", AttributeValue.fromS(subject))))
                .items().stream().map(item -> Map.of(Tables.PARTITION_KEY, item.get(Tables.PARTITION_KEY), Tables.SORT_KEY,
                        item.get(Tables.SORT_KEY)))
                .toList();
    }
}
