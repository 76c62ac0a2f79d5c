package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.localparts.DynamoDbNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What answers were made from, kept together and taken out one by one. */
class PromiseStoreTest {
    @TempDir
    static Path directory;

    private static DynamoDbNode node;
    private static DynamoDbClient client;
    private static StoreSettings settings;
    private static PromiseStore store;

    private final Random random = new Random(1);
    private final Instant now = Clock.systemUTC().instant();
    private final Instant soon = now.plus(Duration.ofDays(2));
    private final Instant later = now.plus(Duration.ofDays(400));

    @BeforeAll
    static void startDynamoDb() {
        node = DynamoDbNode.inMemory(directory);
        settings = new StoreSettings(URI.create(node.endpoint()), "eu-central-1", "promises", true, Duration.ofSeconds(10),
                Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
        client = StoreClient.patient(settings);
        Tables.prepare(client, settings);
        store = new PromiseStore(client, settings);
    }

    @AfterAll
    static void stopDynamoDb() {
        client.close();
        node.close();
    }

    @Test
    void answers_areKeptManyToAnItem_andEachIsFound() {
        Map<String, byte[]> served = answers(500, 200);
        long before = shelves().size();
        store.keepServed(served, soon, later);
        assertThat(shelves().size() - before).isLessThan(20);
        served.forEach((id, body) -> assertThat(store.served(id)).isEqualTo(body));
        assertThat(store.served(id(0))).isNull();
        assertThat(store.served("of someone else")).isNull();
        // Consumed again after a crash, in other company.
        String first = served.keySet().iterator().next();
        store.keepServed(Map.of(first, Objects.requireNonNull(served.get(first))), soon, later);
        served.forEach((id, body) -> assertThat(store.served(id)).isEqualTo(body));
    }

    @Test
    void answersThatAreLarge_andOnesOfOtherIds_fitIntoItems() {
        Map<String, byte[]> served = answers(40, 60_000);
        served.put("of someone else's making", new byte[]{1, 2, 3});
        store.keepServed(served, soon, later);
        served.forEach((id, body) -> assertThat(store.served(id)).isEqualTo(body));
    }

    @Test
    void promisedAnswer_isKeptForLonger_whicheverComesFirst() {
        Map<String, byte[]> served = answers(10, 100);
        List<String> ids = List.copyOf(served.keySet());
        promise(ids.get(3));
        store.extend(ids.get(3), later);
        assertThat(wanted()).containsExactly(ids.get(3));
        store.keepServed(served, soon, later);
        assertThat(expiry(ids.get(3))).as("promised before it arrived here").isEqualTo(later.getEpochSecond());
        assertThat(expiry(ids.get(4))).isNull();
        promise(ids.get(4));
        store.extend(ids.get(4), later);
        assertThat(expiry(ids.get(4))).as("promised after").isEqualTo(later.getEpochSecond());
        assertThat(store.served(ids.get(4))).isEqualTo(served.get(ids.get(4)));
        assertThat(wanted()).isEmpty();
    }

    @Test
    void promisedAnswer_isKeptForLonger_alsoWhereTheReplicaDiedThatPromisedIt() {
        Map<String, byte[]> served = answers(3, 100);
        List<String> ids = List.copyOf(served.keySet());
        store.keepServed(served, soon, later);
        promise(ids.get(1));
        store.keepServed(answers(3, 100), soon, later);
        assertThat(wanted()).as("others that arrive leave it alone").containsExactly(ids.get(1));
        assertThat(store.extendWanted("", later)).isEmpty();
        assertThat(expiry(ids.get(1))).isEqualTo(later.getEpochSecond());
        assertThat(wanted()).isEmpty();
    }

    @Test
    void promisedAnswer_isFoundBehindManyThatNeverArrive() {
        Map<String, byte[]> lost = answers(100, 1);
        lost.keySet().forEach(this::promise);
        String last = id(2_000);
        store.keepServed(Map.of(last, new byte[]{7}), soon, later);
        promise(last);
        String after = store.extendWanted("", later);
        assertThat(after).isEqualTo(lost.keySet().stream().max(Comparator.naturalOrder()).orElseThrow());
        assertThat(store.extendWanted(after, later)).isEmpty();
        assertThat(expiry(last)).isEqualTo(later.getEpochSecond());
        // They do arrive, late.
        store.keepServed(lost, soon, later);
        assertThat(wanted()).isEmpty();
    }

    @Test
    void promiseThatIsNotWantedAnyMore_keepsNothing() {
        Map<String, byte[]> served = answers(1, 100);
        String id = served.keySet().iterator().next();
        promise(id);
        // As an erasure does first.
        client.deleteItem(request -> request.tableName(Tables.promises(settings)).key(PromiseStore.wantedKey(id).map()));
        store.keepServed(served, soon, later);
        store.extend(id, later);
        assertThat(expiry(id)).isNull();
    }

    @Test
    void answerThatIsPromisedAgain_isKeptForLongerAgain() {
        Map<String, byte[]> served = answers(1, 100);
        String id = served.keySet().iterator().next();
        promise(id);
        store.keepServed(served, soon, soon);
        store.keep("another" + id, "another" + id, id, null, new byte[]{1}, now);
        store.extend(id, later);
        assertThat(expiry(id)).isEqualTo(later.getEpochSecond());
        assertThat(wanted()).isEmpty();
    }

    @Test
    void answersKeptAgainInOtherCompany_leaveTheOthersWhereTheyAre() {
        Map<String, byte[]> served = answers(5, 10);
        List<String> ids = served.keySet().stream().toList();
        store.keepServed(only(served, ids.subList(0, 3)), soon, later);
        store.keepServed(only(served, List.of(ids.get(0), ids.get(3), ids.get(4))), soon, later);
        served.forEach((id, body) -> assertThat(store.served(id)).isEqualTo(body));
    }

    @Test
    void answerThatIsErased_isGone_andTheOthersStay() {
        Map<String, byte[]> served = answers(30, 100);
        store.keepServed(served, soon, later);
        ServedShelf shelf = new ServedShelf(client, Tables.promises(settings));
        List<String> ids = List.copyOf(served.keySet());
        ids.subList(0, 20).forEach(shelf::remove);
        shelf.remove(ids.getFirst());
        ids.subList(0, 20).forEach(id -> assertThat(store.served(id)).isNull());
        ids.subList(20, 30).forEach(id -> assertThat(store.served(id)).isEqualTo(served.get(id)));
        ids.subList(20, 30).forEach(shelf::remove);
        ids.forEach(id -> assertThat(store.served(id)).isNull());
    }

    private static Map<String, byte[]> only(Map<String, byte[]> served, List<String> ids) {
        Map<String, byte[]> some = new LinkedHashMap<>();
        ids.forEach(id -> some.put(id, Objects.requireNonNull(served.get(id))));
        return some;
    }

    private void promise(String predictionId) {
        store.keep("promise" + predictionId, "order" + predictionId, predictionId, null, new byte[]{1}, now);
    }

    private Map<String, byte[]> answers(int count, int bytes) {
        Map<String, byte[]> served = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            byte[] body = new byte[bytes];
            random.nextBytes(body);
            served.put(id(i), body);
        }
        return served;
    }

    /** As ids of predictions are: UUIDs of version 7, a few of each millisecond. */
    private String id(int number) {
        return new UUID(((now.toEpochMilli() + number / 4) << 16) | 0x7000L | random.nextInt(0x1000),
                (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L).toString();
    }

    private static List<Map<String, AttributeValue>> shelves() {
        return items("shelf#").toList();
    }

    private static List<String> wanted() {
        return items("wanted").map(item -> Attributes.of(item).text(Tables.SORT_KEY)).toList();
    }

    private static Stream<Map<String, AttributeValue>> items(String partition) {
        return client.scanPaginator(request -> request.tableName(Tables.promises(settings))).items().stream()
                .filter(item -> Attributes.of(item).text(Tables.PARTITION_KEY).startsWith(partition));
    }

    private static @Nullable Long expiry(String predictionId) {
        AttributeValue expires = client.getItem(request -> request.tableName(Tables.promises(settings))
                .key(PromiseStore.servedKey(predictionId).map()).consistentRead(true)).item().get(Tables.EXPIRES_AT);
        return expires == null ? null : Long.valueOf(expires.n());
    }
}
