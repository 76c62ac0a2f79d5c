package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** Reads features. A call is one round trip, unless it says otherwise or an entity has over 1 MB of counters. Thread-safe. */
public final class FeatureReader {
    private static final int MOST_READS = 100;
    private static final int MOST_KEY_BYTES = 2_048;

    private final DynamoDbClient client;
    private final String table;

    public FeatureReader(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.features(settings);
    }

    /** An event's features, or null when it is not known. */
    public @Nullable StoredEvent event(String eventId) {
        Map<String, AttributeValue> item = item(Items.eventKey(eventId), false);
        return item.isEmpty() ? null : Items.storedEvent(item);
    }

    /** A session's state, or null when it is not known. */
    public @Nullable SessionState session(String sessionId) {
        Map<String, AttributeValue> item = item(Items.sessionKey(sessionId), false);
        return item.isEmpty() ? null : Items.sessionState(sessionId, item);
    }

    /** Like {@link #session}, strongly consistent. */
    public SessionState currentSession(String sessionId) {
        Map<String, AttributeValue> item = item(Items.sessionKey(sessionId), true);
        return item.isEmpty() ? SessionState.empty(sessionId) : Items.sessionState(sessionId, item);
    }

    /**
     * One partition's profiles of products, strongly consistent, a hundred to a round trip.
     *
     * @return those that it has, by SKU
     */
    public Map<String, SkuProfile> currentProfiles(Set<String> skus, int partition) {
        Map<String, SkuProfile> found = new HashMap<>();
        // The store has nothing of what it takes no key of, and one such key would fail the others; a write says so.
        skus.stream().filter(sku -> EntityKey.sku(sku).getBytes(StandardCharsets.UTF_8).length <= MOST_KEY_BYTES)
                .gather(Gatherers.windowFixed(MOST_READS)).forEach(some -> {
                    List<Map<String, AttributeValue>> keys = some.stream()
                            .map(sku -> Attributes.key(EntityKey.sku(sku), Items.PROFILE_PREFIX + partition).map()).toList();
                    Map<String, KeysAndAttributes> left = Map.of(table,
                            KeysAndAttributes.builder().keys(keys).consistentRead(true).build());
                    while (!left.isEmpty()) {
                        Map<String, KeysAndAttributes> next = left;
                        BatchGetItemResponse response = client.batchGetItem(request -> request.requestItems(next));
                        response.responses().getOrDefault(table, List.of()).forEach(item -> {
                            String sku = EntityKey.skuOf(Attributes.of(item).text(Tables.PARTITION_KEY));
                            found.put(sku, Items.skuProfile(sku, item));
                        });
                        left = response.unprocessedKeys();
                    }
                });
        return found;
    }

    /**
     * A product's latest profile, and its demand over the time that ends at an instant.
     *
     * @param until epoch milliseconds; the five-minute bucket that holds it counts
     */
    public SkuFeatures sku(String sku, long until, Duration span) {
        List<Map<String, AttributeValue>> items = query(EntityKey.sku(sku), until, span, Items.PROFILE_PREFIX + "~");
        return new SkuFeatures(profiles(sku, items).max(Comparator.comparingLong(SkuProfile::asOf)).orElse(null),
                demandUntil(items, until));
    }

    /** The demand of an entity over the time that ends at an instant (epoch milliseconds). */
    public Demand demand(String entity, long until, Duration span) {
        return demandUntil(query(entity, until, span, Items.counterSpan(until) + "~"), until);
    }

    /** What is known of a product; the profile is null when no event told of it. */
    public record SkuFeatures(@Nullable SkuProfile profile, Demand demand) {}

    private static Stream<SkuProfile> profiles(String sku, List<Map<String, AttributeValue>> items) {
        return items.stream().filter(item -> Attributes.of(item).text(Tables.SORT_KEY).startsWith(Items.PROFILE_PREFIX))
                .map(item -> Items.skuProfile(sku, item));
    }

    private static Demand demandUntil(List<Map<String, AttributeValue>> items, long until) {
        String end = Items.counterSpan(until) + "~";
        return items.stream().filter(item -> Attributes.of(item).text(Tables.SORT_KEY).compareTo(end) < 0).map(Items::demand)
                .reduce(Demand.NONE, Demand::plus);
    }

    private List<Map<String, AttributeValue>> query(String entity, long until, Duration span, String end) {
        long from = Effects.CounterKey.at(entity, Math.max(0, until - span.toMillis())).bucketStart();
        return client
                .queryPaginator(request -> request.tableName(table).keyConditionExpression("pk = :entity AND sk BETWEEN :from AND :to")
                        .expressionAttributeValues(Map.of(":entity", AttributeValue.fromS(entity), ":from",
                                AttributeValue.fromS(Items.counterSpan(from)), ":to", AttributeValue.fromS(end))))
                .items().stream().toList();
    }

    private Map<String, AttributeValue> item(Attributes key, boolean consistent) {
        return Objects.requireNonNull(
                client.getItem(request -> request.tableName(table).key(key.map()).consistentRead(consistent)).item(), "item");
    }
}
