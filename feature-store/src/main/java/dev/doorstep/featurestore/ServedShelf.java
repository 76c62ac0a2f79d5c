package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.document.ContentHash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;

/**
 * What answers were made from, many to an item, since nearly all of them are never asked for again, and DynamoDB counts writes and bytes. An
 * item holds answers of one second, which their ids tell (UUIDs of version 7, RFC 9562). Thread-safe.
 */
final class ServedShelf {
    /** Each second has so many partitions, since one alone takes a thousand units of writing a second. */
    private static final int PARTITIONS = 4;
    private static final int TIMED_VERSION = 7;
    private static final int MOST_ANSWERS = 100;
    /** Before they are packed; an item has room for 400 KB. */
    static final int MOST_BYTES = 350_000;
    private static final String IDS = "ids";

    private final DynamoDbClient client;
    private final String table;

    ServedShelf(DynamoDbClient client, String table) {
        this.client = client;
        this.table = table;
    }

    /**
     * Items that hold answers.
     *
     * @param served their bytes by prediction id
     */
    static List<Map<String, AttributeValue>> items(Map<String, byte[]> served, Instant expires) {
        Map<String, List<String>> byPartition = served.keySet().stream()
                .collect(Collectors.groupingBy(ServedShelf::partition, LinkedHashMap::new, Collectors.toList()));
        List<Map<String, AttributeValue>> items = new ArrayList<>();
        byPartition.forEach((partition, ids) -> {
            Map<String, byte[]> answers = new LinkedHashMap<>();
            int bytes = 0;
            for (String id : ids) {
                byte[] body = Objects.requireNonNull(served.get(id));
                if (answers.size() >= MOST_ANSWERS || (!answers.isEmpty() && bytes + body.length > MOST_BYTES)) {
                    items.add(item(partition, answers, expires.getEpochSecond()));
                    answers.clear();
                    bytes = 0;
                }
                answers.put(id, body);
                bytes += body.length;
            }
            items.add(item(partition, answers, expires.getEpochSecond()));
        });
        return items;
    }

    private static Map<String, AttributeValue> item(String partition, Map<String, byte[]> answers, long expires) {
        // Named by what is in it: kept again after a crash it is the same one, and in other company another one.
        byte[] ids = String.join(" ", answers.keySet()).getBytes(StandardCharsets.UTF_8);
        return Attributes.key(partition, ContentHash.ofBytes(ids)).put(IDS, answers.keySet())
                .put(PromiseStore.BODY, packed(answers)).put(Tables.EXPIRES_AT, expires).map();
    }

    private static String partition(String predictionId) {
        String of = predictionId;
        try {
            UUID id = UUID.fromString(predictionId);
            if (id.version() == TIMED_VERSION) {
                of = (id.getMostSignificantBits() >>> 16) / 1_000 + "#" + (id.getLeastSignificantBits() & (PARTITIONS - 1));
            }
        } catch (IllegalArgumentException _) {
            // Of someone else's making: it has a place of its own.
        }
        return "shelf#" + of;
    }

    /** An answer's bytes, or null. */
    byte @Nullable [] find(String predictionId) {
        List<Attributes> items = itemsWith(predictionId);
        return items.isEmpty() ? null : unpacked(items.getFirst().bytes(PromiseStore.BODY)).get(predictionId);
    }

    /** Takes an answer out, and leaves the others where they are. */
    void remove(String predictionId) {
        boolean again = true;
        while (again) {
            again = false;
            for (Attributes item : itemsWith(predictionId)) {
                again |= !removed(predictionId, item);
            }
        }
    }

    /** Whether an answer was taken out of an item; not where someone else took another one out meanwhile. */
    private boolean removed(String predictionId, Attributes item) {
        byte[] before = item.bytes(PromiseStore.BODY);
        Map<String, byte[]> answers = unpacked(before);
        answers.remove(predictionId);
        Map<String, AttributeValue> unchanged = Map.of(":before", Attributes.bytes(before));
        String partition = item.text(Tables.PARTITION_KEY);
        String sort = item.text(Tables.SORT_KEY);
        try {
            if (answers.isEmpty()) {
                client.deleteItem(request -> request.tableName(table).key(Attributes.key(partition, sort).map())
                        .conditionExpression("body = :before").expressionAttributeValues(unchanged));
            } else {
                Map<String, AttributeValue> left = Attributes.of(item(partition, answers, item.longOr(Tables.EXPIRES_AT, 0)))
                        .put(Tables.SORT_KEY, sort).map();
                client.putItem(request -> request.tableName(table).item(left).conditionExpression("body = :before")
                        .expressionAttributeValues(unchanged));
            }
            return true;
        } catch (ConditionalCheckFailedException _) {
            return false;
        }
    }

    /** The same record may have been kept twice, in two items. */
    private List<Attributes> itemsWith(String predictionId) {
        return client.queryPaginator(request -> request.tableName(table).consistentRead(true).keyConditionExpression("pk = :partition")
                .filterExpression("contains(ids, :id)")
                .expressionAttributeValues(Map.of(":partition", AttributeValue.fromS(partition(predictionId)), ":id",
                        AttributeValue.fromS(predictionId))))
                .items().stream().map(Attributes::of).toList();
    }

    private static byte[] packed(Map<String, byte[]> answers) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Answers are much alike: also the fastest level packs them well.
        Deflater fast = new Deflater(Deflater.BEST_SPEED);
        try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes, fast))) {
            out.writeInt(answers.size());
            for (Map.Entry<String, byte[]> answer : answers.entrySet()) {
                out.writeUTF(answer.getKey());
                out.writeInt(answer.getValue().length);
                out.write(answer.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fast.end();
        }
        return bytes.toByteArray();
    }

    private static Map<String, byte[]> unpacked(byte[] packed) {
        try (DataInputStream in = new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(packed)))) {
            Map<String, byte[]> answers = new LinkedHashMap<>();
            for (int left = in.readInt(); left > 0; left--) {
                String id = in.readUTF();
                answers.put(id, in.readNBytes(in.readInt()));
            }
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
