package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.message.DeadLetter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Erases a customer. Of events the reference to session and customer goes, and what remains, their id, digest and time, keeps their copies
 * recognisable; sessions go; promises are emptied and stay as such; dead letters that hold the customer key go with their originals.
 * Erasing again, or after a failure on the way, is safe. Thread-safe.
 */
public final class SubjectEraser {
    private static final int PAGE = 500;

    private final DynamoDbClient client;
    private final String features;
    private final String promises;
    private final DeadLetterStore letters;
    private final Originals originals;
    private final Clock clock;

    public SubjectEraser(DynamoDbClient client, StoreSettings settings, DeadLetterStore letters, Originals originals, Clock clock) {
        this.client = client;
        this.features = Tables.features(settings);
        this.promises = Tables.promises(settings);
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
    }

    /**
     * Erases everything of a customer.
     *
     * @throws IOException when the archive does not answer
     * @throws software.amazon.awssdk.core.exception.SdkException when DynamoDB does not answer
     */
    public Erased erase(String customerKey) throws IOException {
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
        // Only now: a failure before this leaves the events to find the sessions by.
        for (Map<String, AttributeValue> key : events) {
            client.updateItem(request -> request.tableName(features).key(key).updateExpression("REMOVE sessionId, subject"));
        }
        List<Map<String, AttributeValue>> kept = keysOf(promises, subject);
        kept.forEach(this::emptyPromise);
        return new Erased(events.size(), List.copyOf(sessions), kept.size(), eraseLetters(customerKey));
    }

    private void emptyPromise(Map<String, AttributeValue> key) {
        Map<String, AttributeValue> item = client.getItem(request -> request.tableName(promises).key(key).consistentRead(true)).item();
        String orderId = item.isEmpty() ? null : Attributes.of(item).textOrNull("orderId");
        if (orderId != null) {
            client.deleteItem(request -> request.tableName(promises).key(PromiseStore.orderKey(orderId).map()));
        }
        client.updateItem(request -> request.tableName(promises).key(key)
                .updateExpression("SET erasedAt = :now REMOVE body, orderId, subject")
                .expressionAttributeValues(Map.of(":now", Attributes.number(clock.millis()))));
    }

    /** Reads every letter: what could not be parsed can't be looked up either. */
    private long eraseLetters(String customerKey) throws IOException {
        List<byte[]> needles = new ArrayList<>();
        needles.add(customerKey.getBytes(StandardCharsets.UTF_8));
        needles.add(JsonStringEncoder.getInstance().quoteAsUTF8(customerKey));
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
