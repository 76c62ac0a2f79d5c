package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;

import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;

/**
 * Keeps dead letters until they are replayed or expire: an item to list them by, one with what is sealed, and where they were repaired one
 * with the corrected document. Each key of {@code clickstream.dead-letters} is stored once. Thread-safe.
 */
public final class DeadLetterStore {
    private static final String LETTER_SORT = "letter";
    private static final String ORIGINAL_SORT = "original";
    private static final String CORRECTED_SORT = "corrected";
    private static final String STATUS = "status";
    private static final String SEALED = "sealed";
    private static final String KEY_ID = "keyId";
    private static final String STORED_AT = "storedAt";

    private static final String FAILURES = "failures";
    private static final String FAILED_BY = "failedBy";
    private static final String REASON = "reason";
    private static final String FIELD = "field";
    private static final int ID_BYTES = 16;

    private final DynamoDbClient client;
    private final String table;
    private final DeadLetterSeal seal;
    private final Duration retention;
    private final Clock clock;

    /**
     * Creates a store.
     *
     * @param retention how long a letter is kept after its first receipt
     */
    public DeadLetterStore(DynamoDbClient client, StoreSettings settings, DeadLetterSeal seal, Duration retention, Clock clock) {
        this.client = client;
        this.table = Tables.deadLetters(settings);
        this.seal = seal;
        this.retention = retention;
        this.clock = clock;
    }

    /**
     * A page of letters, in the order of their first receipt.
     *
     * @param next where the next page starts, or null at the end
     */
    public record Page(List<StoredLetter> letters, @Nullable String next) {}

    /** The id of the letter that is sent under a key. */
    public static String id(String key) {
        return HexFormat.of().formatHex(ContentHash.sha256().digest(key.getBytes(StandardCharsets.UTF_8)), 0, ID_BYTES);
    }

    /**
     * Stores a letter; one that is stored already stays as it is. The letter of a replay that failed is not a new one: it marks its
     * original's.
     *
     * @param offset where the letter stands in its partition, which tells a repeated delivery from a new failure
     */
    public void store(SealedDeadLetter letter, long offset) {
        if (letter.source().equals(Topics.REPLAY_SOURCE)) {
            failed(letter.position(), letter.reason(), letter.field(), offset);
            return;
        }
        String id = id(letter.key());
        // What was received too long ago to be kept from then on is kept from now on.
        long now = clock.millis();
        long filedAt = letter.receivedAt() <= now - retention.toMillis() ? now : letter.receivedAt();
        long expiresAt = Instant.ofEpochMilli(filedAt).plus(retention).getEpochSecond();
        Map<String, AttributeValue> listed = key(id, LETTER_SORT).put("source", letter.source()).put("position", letter.position())
                .put("stage", letter.stage()).put(REASON, letter.reason().name()).put(FIELD, letter.field())
                .put("receivedAt", letter.receivedAt()).put(STORED_AT, now).put("length", letter.length())
                .put("sha256", letter.sha256()).put("archive", letter.archive()).put(STATUS, StoredLetter.Status.OPEN.name())
                .put(Tables.DAY, day(filedAt)).put(Tables.AT, at(filedAt, id)).put(Tables.EXPIRES_AT, expiresAt)
                .put("whole", letter.archive() != null || letter.length() <= DeadLetter.WHOLE_ORIGINAL ? 1 : 0).map();
        Map<String, AttributeValue> original = key(id, ORIGINAL_SORT).put(Tables.EXPIRES_AT, expiresAt)
                .put(KEY_ID, letter.keyId()).put(SEALED, letter.sealed()).map();
        try {
            client.transactWriteItems(request -> request.transactItems(ConditionalWrites.putIfAbsent(table, listed),
                    ConditionalWrites.putIfAbsent(table, original)));
        } catch (TransactionCanceledException e) {
            if (e.cancellationReasons().stream().noneMatch(ConditionalWrites::failed)) {
                throw e;
            }
        }
    }

    /** A letter of an id, or null when there is none. */
    public @Nullable StoredLetter find(String id) {
        Map<String, AttributeValue> item = item(id, LETTER_SORT);
        // DynamoDB removes what has expired when it comes to it.
        return item.isEmpty() || Attributes.of(item).longOr(Tables.EXPIRES_AT, 0) <= clock.instant().getEpochSecond() ? null : letter(item);
    }

    /** What is sealed of a letter, or null when there is none of that id. */
    public @Nullable DeadLetter original(String id) {
        Map<String, AttributeValue> listed = item(id, LETTER_SORT);
        Map<String, AttributeValue> sealed = item(id, ORIGINAL_SORT);
        if (listed.isEmpty() || sealed.isEmpty()) {
            return null;
        }
        StoredLetter letter = letter(listed);
        return seal.open(new SealedDeadLetter(letter.source(), letter.position(), letter.stage(), letter.reason(), letter.field(),
                letter.receivedAt().toEpochMilli(), letter.length(), letter.sha256(), Attributes.of(listed).textOrNull("archive"),
                Attributes.of(sealed).text(KEY_ID), Attributes.of(sealed).bytes(SEALED)));
    }

    /** The corrected document of a letter, or null when it was not repaired. */
    public byte @Nullable [] corrected(String id) {
        Map<String, AttributeValue> item = item(id, CORRECTED_SORT);
        return item.isEmpty() ? null : seal.open(Attributes.of(item).bytes(SEALED), Attributes.of(item).text(KEY_ID), id);
    }

    /** Keeps a corrected document, which a replay takes in place of the original; returns false when there is no such letter. */
    public boolean repair(String id, byte[] document) {
        StoredLetter letter = find(id);
        if (letter == null) {
            return false;
        }
        Map<String, AttributeValue> corrected = key(id, CORRECTED_SORT).put(KEY_ID, seal.keyId())
                .put(SEALED, seal.seal(document, id)).put(Tables.EXPIRES_AT, letter.expiresAt().getEpochSecond()).map();
        client.transactWriteItems(request -> request.transactItems(
                TransactWriteItem.builder().put(put -> put.tableName(table).item(corrected)).build(),
                TransactWriteItem.builder()
                        .update(update -> update.tableName(table).key(key(id, LETTER_SORT).map())
                                .updateExpression("SET #status = :status").conditionExpression("attribute_exists(pk)")
                                .expressionAttributeNames(Map.of("#status", STATUS))
                                .expressionAttributeValues(Map.of(":status", text(StoredLetter.Status.REPAIRED))))
                        .build()));
        return true;
    }

    /** Marks a letter as in a replay's hands; whoever asks for the same replay again still has it. Returns false when it is gone. */
    public boolean replaying(String id, String replayId) {
        return update(id, "SET #status = :status, replayId = :replay", "attribute_exists(pk)",
                Map.of(":status", text(StoredLetter.Status.REPLAYING), ":replay", AttributeValue.fromS(replayId)));
    }

    /** Marks a letter as replayed, unless its failure was faster. */
    public void replayed(String id, String replayId) {
        update(id, "SET #status = :status", "#status = :before AND replayId = :replay",
                Map.of(":status", text(StoredLetter.Status.REPLAYED), ":before", text(StoredLetter.Status.REPLAYING), ":replay",
                        AttributeValue.fromS(replayId)));
    }

    /** Marks a letter whose replay was refused before it was handed on. */
    public void failed(String id, ErrorCode reason, @Nullable String field) {
        Failure failure = new Failure(reason, field);
        update(id, "SET " + failure.set + failure.rest, "attribute_exists(pk)", failure.values);
    }

    private void failed(String id, ErrorCode reason, @Nullable String field, long offset) {
        Failure failure = new Failure(reason, field);
        failure.values.put(":offset", Attributes.number(offset));
        update(id, "SET failedBy = :offset, " + failure.set + failure.rest,
                "attribute_exists(pk) AND (attribute_not_exists(" + FAILED_BY + ") OR failedBy < :offset)", failure.values);
    }

    /** What a failure changes of a letter: the two parts of an update, and their values. */
    private static final class Failure {
        private final Map<String, AttributeValue> values = new HashMap<>();
        private final String set;
        private final String rest;

        Failure(ErrorCode reason, @Nullable String field) {
            values.put(":status", text(StoredLetter.Status.FAILED));
            values.put(":reason", AttributeValue.fromS(reason.name()));
            values.put(":one", Attributes.number(1));
            if (field != null) {
                values.put(":field", AttributeValue.fromS(field));
            }
            set = "#status = :status, reason = :reason" + (field == null ? "" : ", field = :field");
            rest = (field == null ? " REMOVE field" : "") + " ADD failures :one";
        }
    }

    /**
     * A page of letters.
     *
     * @param after {@link Page#next()} of the page before, or null for the first
     * @param limit most letters of the page, 1 or more
     * @throws IllegalArgumentException when {@code after} is not from a page
     */
    public Page list(LetterFilter filter, @Nullable String after, int limit) {
        Instant now = clock.instant();
        Instant oldest = now.minus(retention);
        Instant newest = now.plus(retention);
        LocalDate first = date(filter.from() == null || filter.from().isBefore(oldest) ? oldest : filter.from());
        // A letter of a service whose clock ran ahead must be found, too.
        LocalDate last = date(filter.to() == null || filter.to().isAfter(newest) ? newest : filter.to());
        String from = filter.from() == null ? "" : at(filter.from().toEpochMilli(), "");
        if (after != null) {
            if (!after.matches("\\d{13}#[0-9a-f]{32}")) {
                throw new IllegalArgumentException("not from a page: " + after);
            }
            first = date(Instant.ofEpochMilli(Long.parseLong(after.substring(0, 13))));
            from = after + "~";
        }
        List<StoredLetter> letters = new ArrayList<>();
        String end = "";
        for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
            Map<String, AttributeValue> start = Map.of();
            do {
                QueryResponse page = query(filter, day, from, start);
                for (Map<String, AttributeValue> item : page.items()) {
                    if (letters.size() == limit) {
                        return new Page(letters, end);
                    }
                    letters.add(letter(item));
                    end = Attributes.of(item).text(Tables.AT);
                }
                start = page.lastEvaluatedKey();
            } while (!start.isEmpty());
        }
        return new Page(letters, null);
    }

    /** Removes a letter with all that belongs to it. */
    public void delete(String id) {
        for (String sort : List.of(CORRECTED_SORT, ORIGINAL_SORT, LETTER_SORT)) {
            client.deleteItem(request -> request.tableName(table).key(key(id, sort).map()));
        }
    }

    private QueryResponse query(LetterFilter filter, LocalDate day, String from, Map<String, AttributeValue> start) {
        Map<String, String> names = new HashMap<>(Map.of("#day", Tables.DAY, "#at", Tables.AT));
        Map<String, AttributeValue> values = new HashMap<>(Map.of(":day", AttributeValue.fromS(day.toString()), ":from",
                AttributeValue.fromS(from.isEmpty() ? "0" : from), ":to",
                AttributeValue.fromS(filter.to() == null ? "~" : at(filter.to().toEpochMilli(), ""))));
        List<String> conditions = new ArrayList<>(List.of(Tables.EXPIRES_AT + " > :now"));
        values.put(":now", Attributes.number(clock.instant().getEpochSecond()));
        equal(REASON, filter.reason() == null ? null : filter.reason().name(), names, values, conditions);
        equal("source", filter.source(), names, values, conditions);
        equal("stage", filter.stage(), names, values, conditions);
        equal(FIELD, filter.field(), names, values, conditions);
        if (filter.storedBefore() != null) {
            values.put(":storedBefore", Attributes.number(filter.storedBefore()));
            conditions.add(STORED_AT + " < :storedBefore");
        }
        if (!filter.statuses().isEmpty()) {
            names.put("#status", STATUS);
            filter.statuses().forEach(status -> values.put(":s" + status.name(), text(status)));
            conditions.add("#status IN (" + filter.statuses().stream().map(status -> ":s" + status.name()).sorted()
                    .collect(Collectors.joining(", ")) + ")");
        }
        return client.query(request -> request.tableName(table).indexName(Tables.BY_DAY)
                .keyConditionExpression("#day = :day AND #at BETWEEN :from AND :to").expressionAttributeNames(names)
                .expressionAttributeValues(values).filterExpression(String.join(" AND ", conditions))
                .exclusiveStartKey(start.isEmpty() ? null : start));
    }

    private static void equal(String name, @Nullable String value, Map<String, String> names, Map<String, AttributeValue> values,
            List<String> conditions) {
        if (value != null) {
            names.put("#" + name, name);
            values.put(":" + name, AttributeValue.fromS(value));
            conditions.add("#" + name + " = :" + name);
        }
    }

    private boolean update(String id, String expression, String condition, Map<String, AttributeValue> values) {
        return ConditionalWrites.update(client,
                request -> request.tableName(table).key(key(id, LETTER_SORT).map()).updateExpression(expression)
                        .conditionExpression(condition)
                        .expressionAttributeNames(Map.of("#status", STATUS)).expressionAttributeValues(values));
    }

    private Map<String, AttributeValue> item(String id, String sort) {
        return client.getItem(request -> request.tableName(table).key(key(id, sort).map()).consistentRead(true)).item();
    }

    private static StoredLetter letter(Map<String, AttributeValue> item) {
        Attributes letter = Attributes.of(item);
        return new StoredLetter(letter.text(Tables.PARTITION_KEY).substring("letter#".length()), letter.text("source"),
                letter.text("position"), letter.text("stage"), ErrorCode.valueOf(letter.text(REASON)), letter.textOrNull(FIELD),
                Instant.ofEpochMilli(letter.longOr("receivedAt", 0)), letter.longOr("length", 0), letter.text("sha256"),
                letter.longOr("whole", 0) == 1, StoredLetter.Status.valueOf(letter.text(STATUS)), letter.longOr(FAILURES, 0),
                Instant.ofEpochSecond(letter.longOr(Tables.EXPIRES_AT, 0)));
    }

    private static Attributes key(String id, String sort) {
        return Attributes.key("letter#" + id, sort);
    }

    private static AttributeValue text(StoredLetter.Status status) {
        return AttributeValue.fromS(status.name());
    }

    private static String at(long receivedAt, String id) {
        return "%013d#%s".formatted(receivedAt, id);
    }

    private static String day(long receivedAt) {
        return date(Instant.ofEpochMilli(receivedAt)).toString();
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
