package dev.doorstep.featurestore;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Builds and reads the attributes of one DynamoDB item. Not thread-safe. */
final class Attributes {
    private final Map<String, AttributeValue> values;

    private Attributes(Map<String, AttributeValue> values) {
        this.values = values;
    }

    static Attributes key(String partitionKey, String sortKey) {
        Attributes attributes = new Attributes(new HashMap<>());
        return attributes.put(Tables.PARTITION_KEY, partitionKey).put(Tables.SORT_KEY, sortKey);
    }

    static Attributes of(Map<String, AttributeValue> item) {
        return new Attributes(item);
    }

    Attributes put(String name, @Nullable String value) {
        if (value != null) {
            values.put(name, AttributeValue.fromS(value));
        }
        return this;
    }

    Attributes put(String name, long value) {
        values.put(name, number(value));
        return this;
    }

    Attributes put(String name, byte[] value) {
        values.put(name, bytes(value));
        return this;
    }

    Attributes put(String name, Set<String> value) {
        if (!value.isEmpty()) {
            values.put(name, AttributeValue.fromSs(value.stream().sorted().toList()));
        }
        return this;
    }

    Map<String, AttributeValue> map() {
        return values;
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null) {
            throw new IllegalStateException("item " + values.get(Tables.PARTITION_KEY) + " has no " + name);
        }
        return text;
    }

    byte[] bytes(String name) {
        return Objects.requireNonNull(values.get(name), name).b().asByteArray();
    }

    @Nullable
    String textOrNull(String name) {
        AttributeValue value = values.get(name);
        return value == null ? null : value.s();
    }

    long longOr(String name, long absent) {
        AttributeValue value = values.get(name);
        return value == null ? absent : Long.parseLong(value.n());
    }

    Set<String> texts(String name) {
        AttributeValue value = values.get(name);
        return value == null ? Set.of() : Set.copyOf(value.ss());
    }

    static AttributeValue bytes(byte[] value) {
        return AttributeValue.fromB(SdkBytes.fromByteArray(value));
    }

    static AttributeValue number(long value) {
        return AttributeValue.fromN(Long.toString(value));
    }
}
