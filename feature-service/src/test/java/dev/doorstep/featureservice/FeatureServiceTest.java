package dev.doorstep.featureservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.document.Shipping;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.SourceCounts;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.store.create-tables=true", "doorstep.dead-letters.keys=" + FeatureServiceTest.KEY, "doorstep.store.call-timeout=2s",
        "doorstep.features.retry-interval=100ms",
        "spring.kafka.consumer.properties.metadata.max.age.ms=500"})
class FeatureServiceTest {
    static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final long AT = 1731880381293L;
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static KafkaProducer<String, byte[]> producer;
    private static KafkaConsumer<String, byte[]> consumer;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    FeatureReader reader;

    @Autowired
    ProgressReader progress;

    private final MessageCodec codec = new MessageCodec();
    private final JsonMapper json = new JsonMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<String, DeadLetter> deadLetters = new HashMap<>();
    private final Map<String, String> traces = new HashMap<>();
    private final Map<String, FeaturesChanged> changes = new HashMap<>();
    private String name;

    @BeforeAll
    static void startParts() throws Exception {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        kafka.createTopic(Topics.EVENTS, 4);
        kafka.createTopic(Topics.DEAD_LETTERS, 1);
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()), new StringSerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", "test", "auto.offset.reset",
                "earliest", "metadata.max.age.ms", "1000"), new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.DEAD_LETTERS, Topics.FEATURES_CHANGED));
    }

    @AfterAll
    static void stopParts() {
        producer.close();
        consumer.close();
        dynamoDb.close();
        kafka.close();
    }

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
    }

    @BeforeEach
    void nameOf(TestInfo info) {
        name = info.getTestMethod().orElseThrow().getName();
    }

    @Test
    void event_applied_isServedWithItsFeatures() throws Exception {
        send(event("e1", "cart_add", AT));
        await().atMost(PATIENCE).until(() -> get("/v1/features/" + name + "e1").statusCode() == 200);
        JsonNode event = json.readTree(get("/v1/features/" + name + "e1").body());
        assertThat(event.path("features").path("day_of_year").asInt()).isEqualTo(322);
        assertThat(event.path("features").path("day_of_week").asInt()).isEqualTo(6);
        assertThat(event.path("features").path("hour_of_day").asInt()).isEqualTo(21);
        JsonNode session = json.readTree(get("/v1/sessions/" + name + "/features").body());
        assertThat(session.path("features").path("session_cart_adds").asInt()).isEqualTo(1);
        assertThat(session.path("features").path("session_method").asString()).isEqualTo("standard");
        assertThat(session.path("firstSeen").asString()).isEqualTo("2024-11-17T21:53:01.293Z");
        FeaturesChanged change = awaitChange("session#" + name, 1);
        assertThat(change.session()).isEqualTo(new SessionFeatures(name, 1, 0, 1, 0, 1, AT, AT, "standard", 1));
        assertThat(changes).containsKey("sku#" + name + "A").containsKey("area#US-941");
    }

    @Test
    void counts_areKeptBySourceBesideThePosition() throws Exception {
        // 1. Of one source: two events, one of them twice, one with other content; a replay that is refused; and from others, rubbish.
        Map<String, SourceCounts> before = counts();
        EventRecord first = event("e1", "cart_add", AT);
        EventRecord conflict = event("e1", "checkout", AT);
        for (EventRecord each : List.of(first, first, event("e2", "cart_add", AT), conflict)) {
            producer.send(new ProducerRecord<>(Topics.EVENTS, null, each.key(), codec.write(each),
                    List.of(new RecordHeader(Topics.SOURCE_HEADER, name.getBytes(StandardCharsets.UTF_8))))).get();
        }
        EventRecord replayed = new EventRecord(conflict.id(), AT, name, "checkout", null, List.of(), null, "hash-replay",
                Clock.systemUTC().millis(), Topics.REPLAY_SOURCE, "the-letter");
        producer.send(new ProducerRecord<>(Topics.EVENTS, null, replayed.key(), codec.write(replayed),
                List.of(new RecordHeader(Topics.SOURCE_HEADER, Topics.REPLAY_SOURCE.getBytes(StandardCharsets.UTF_8))))).get();
        sendRaw(name, "rubbish-of-" + name);
        // 2. Each stands in its place.
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(counts().get(name)).isEqualTo(new SourceCounts(0, 2, 1, 1));
            assertThat(counts().get(Topics.REPLAY_SOURCE)).isEqualTo(new SourceCounts(0, 0, 0, 1));
            SourceCounts foreign = before.getOrDefault(Topics.FOREIGN_SOURCE, SourceCounts.NONE);
            assertThat(counts().get(Topics.FOREIGN_SOURCE)).isEqualTo(foreign.plus(new SourceCounts(1, 0, 0, 1)));
        });
        // 3. What was refused of the replay belongs to the letter that was replayed, and says what was wrong with which value.
        DeadLetter ofReplay = awaitDeadLetter("hash-replay");
        assertThat(ofReplay.source()).isEqualTo("replay");
        assertThat(ofReplay.position()).isEqualTo("the-letter");
        assertThat(ofReplay.value()).isEqualTo(conflict.id());
    }

    private Map<String, SourceCounts> counts() throws Exception {
        try (org.apache.kafka.clients.admin.Admin admin = org.apache.kafka.clients.admin.Admin
                .create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            String topicId = Objects.requireNonNull(admin.describeTopics(List.of(Topics.EVENTS)).allTopicNames().get().get(Topics.EVENTS))
                    .topicId().toString();
            Map<String, SourceCounts> counts = new HashMap<>();
            for (int partition = 0; partition < 4; partition++) {
                progress.progress(new PartitionId(Topics.EVENTS, topicId, partition)).counts()
                        .forEach((source, count) -> counts.merge(source, count, SourceCounts::plus));
            }
            return counts;
        }
    }

    @Test
    void unknownIds_areNotFoundByName() throws Exception {
        HttpResponse<String> response = get("/v1/features/nothing");
        assertThat(response.statusCode()).isEqualTo(404);
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.path("code").asString()).isEqualTo("NOT_FOUND");
        assertThat(problem.path("field").asString()).isEqualTo("eventId");
        assertThat(problem.path("detail").asString()).contains("nothing");
        assertThat(get("/v1/sessions/nobody/features").statusCode()).isEqualTo(404);
    }

    @Test
    void duplicate_countsOnce() {
        EventRecord event = event("e1", "product_view", AT);
        send(event, event, event("e2", "product_view", AT + 1), event);
        send(event);
        send(event("end", "checkout", AT + 2));
        awaitSession(name, 3);
        SessionFeatures session = session(name);
        assertThat(session.views()).isEqualTo(2);
        assertThat(session.checkouts()).isEqualTo(1);
        assertThat(demand("sku#" + name + "A")).isEqualTo(new Demand(2, 0, 1));
    }

    @Test
    void sameIdOtherContent_becomesAConflictAndChangesNothing() {
        send(event("e1", "product_view", AT));
        awaitSession(name, 1);
        // Once against the store, and once within a batch that holds both.
        send(event("e1", "checkout", AT), event("e2", "product_view", AT), event("e2", "cart_add", AT), event("end", "product_view", AT));
        awaitSession(name, 3);
        assertThat(session(name).views()).isEqualTo(3);
        assertThat(session(name).checkouts() + session(name).cartAdds()).isZero();
        await().atMost(PATIENCE).untilAsserted(() -> {
            poll();
            assertThat(deadLetters.values()).filteredOn(letter -> letter.message().contains(name + "e")).hasSize(2).allSatisfy(letter -> {
                assertThat(letter.reason()).isEqualTo(ErrorCode.ID_CONFLICT);
                assertThat(letter.field()).isEqualTo("_id");
                assertThat(letter.stage()).isEqualTo("feature-service");
                assertThat(codec.read(letter.original(), EventRecord.class).id()).startsWith(name);
            });
        });
    }

    @Test
    void outOfOrder_givesTheSameFeatures() {
        List<EventRecord> events = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            events.add(event("e" + i, i % 2 == 0 ? "product_view" : "cart_add", AT + i * 1000L));
        }
        java.util.Collections.shuffle(events, new Random(5));
        send(events.toArray(EventRecord[]::new));
        awaitSession(name, 40);
        assertThat(session(name).firstSeen()).isEqualTo(AT);
        assertThat(session(name).lastSeen()).isEqualTo(AT + 39_000);
        assertThat(session(name).views()).isEqualTo(20);
        assertThat(session(name).cartAdds()).isEqualTo(20);
    }

    @Test
    void stockOfAProduct_isThatOfTheLatestEventWhateverCameFirst() {
        send(withStock("e1", AT + 1000, 7), withStock("e2", AT + 3000, 5), withStock("e3", AT + 2000, 6));
        awaitSession(name, 3);
        send(withStock("e4", AT, 9));
        awaitSession(name, 4);
        assertThat(Objects.requireNonNull(reader.sku(name + "A", AT, Duration.ofHours(1)).profile()).stock()).isEqualTo(5);
    }

    @Test
    void poisonousRecords_goToTheDeadLettersAndTheRestGoesOn() {
        sendRaw(name, "rubbish-" + name);
        sendRaw(name, "{}");
        sendRaw(name, null);
        EventRecord old = new EventRecord(name + "old", AT, name, "product_view", null, List.of(), null, "h",
                Clock.systemUTC().millis() - Duration.ofDays(15).toMillis(), "test", "1");
        send(old, event("e1", "product_view", AT));
        awaitSession(name, 1);
        assertThat(awaitDeadLetter("rubbish-" + name).reason()).isEqualTo(ErrorCode.UNREADABLE_RECORD);
        DeadLetter tooOld = awaitDeadLetter(name + "old");
        assertThat(tooOld.reason()).isEqualTo(ErrorCode.TOO_OLD);
        assertThat(tooOld.field()).isEqualTo("receivedAt");
        assertThat(reader.event(name + "old")).isNull();
    }

    @Test
    void eventWith500Products_fitsIntoATransaction() {
        List<Product> products = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            products.add(new Product(name + i, 1, 1.0, i, "standard"));
        }
        send(event("small", "cart_add", AT), record("large", "checkout", AT, products), event("end", "cart_add", AT));
        awaitSession(name, 3);
        assertThat(session(name).distinctSkus()).isEqualTo(501);
        assertThat(demand("sku#" + name + "0")).isEqualTo(new Demand(0, 0, 1));
    }

    @Test
    void manyLargeSessions_fitIntoTransactions() {
        // 12 sessions of 512 SKUs of 256 three-byte characters each: 390 KB an item, more than 4 MB together.
        List<EventRecord> events = new ArrayList<>();
        for (int session = 0; session < 12; session++) {
            for (int event = 0; event < 2; event++) {
                List<Product> products = new ArrayList<>();
                for (int i = 0; i < 256; i++) {
                    products.add(new Product("\u4e2d".repeat(240) + session + "-" + event + "-" + i, 1, null, null, null));
                }
                events.add(new EventRecord(name + session + "-" + event, AT, name + session, "scroll", null, products, null, "h" + event,
                        Clock.systemUTC().millis(), "test", "1"));
            }
        }
        sendToOnePartition(events);
        for (int session = 0; session < 12; session++) {
            awaitSession(name + session, 2);
            assertThat(session(name + session).distinctSkus()).isEqualTo(512);
        }
    }

    @Test
    void recordThatTheStoreRefuses_becomesADeadLetterAndTheRestGoesOn() {
        // DynamoDB takes no key of more than 2,048 bytes; ingest-service would not let such an id through.
        EventRecord refused = new EventRecord(name + "x".repeat(3000), AT, name, "product_view", null, List.of(), null, "h",
                Clock.systemUTC().millis(), "test", "1");
        EventRecord ofProduct = new EventRecord(name + "sku", AT, name, "product_view", null,
                List.of(new Product("x".repeat(3000), 1, null, 3, "standard")), null, "h", Clock.systemUTC().millis(), "test", "1");
        send(event("e1", "product_view", AT), refused, ofProduct, event("e2", "product_view", AT));
        awaitSession(name, 2);
        assertThat(awaitDeadLetter(name + "xxx").reason()).isEqualTo(ErrorCode.UNREADABLE_RECORD);
        assertThat(awaitDeadLetter(name + "sku").reason()).isEqualTo(ErrorCode.UNREADABLE_RECORD);
        assertThat(awaitDeadLetter(name + "xxx").receivedAt()).isEqualTo(refused.receivedAt());
    }

    @Test
    void trace_isCarriedToWhatChanged() {
        EventRecord event = event("e1", "product_view", AT);
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.EVENTS, event.key(), codec.write(event));
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        record.headers().add("traceparent", trace.getBytes(StandardCharsets.US_ASCII));
        java.util.concurrent.Future<?> _ = producer.send(record);
        awaitChange("session#" + name, 1);
        assertThat(traces.get("session#" + name)).isEqualTo(trace);
    }

    @Test
    void storeThatDoesNotAnswer_makesEventsWaitAndLosesNone() throws Exception {
        // 1. The store stands still while events arrive.
        dynamoDb.process().signal("STOP");
        for (int i = 0; i < 300; i++) {
            send(event("e" + i, "product_view", AT + i));
        }
        await().atMost(PATIENCE).until(() -> management("/actuator/health/readiness").statusCode() == 503);
        HttpResponse<String> unavailable = get("/v1/sessions/" + name + "/features");
        assertThat(unavailable.statusCode()).isEqualTo(503);
        assertThat(unavailable.headers().firstValue("Retry-After")).isPresent();
        assertThat(json.readTree(unavailable.body()).path("code").asString()).isEqualTo("STORE_UNAVAILABLE");
        // 2. It goes on; every event is applied, and none twice, though some writes had been answered into the void.
        dynamoDb.process().signal("CONT");
        awaitSession(name, 300);
        assertThat(session(name).views()).isEqualTo(300);
        assertThat(demand("sku#" + name + "A").views()).isEqualTo(300);
        await().atMost(PATIENCE).until(() -> management("/actuator/health/readiness").statusCode() == 200);
    }

    @Test
    void everythingSentTwice_changesNothing() {
        EventRecord[] events = new EventRecord[500];
        for (int i = 0; i < events.length; i++) {
            events[i] = event("e" + i, "cart_add", AT + i);
        }
        send(events);
        send(events);
        send(event("end", "checkout", AT));
        awaitSession(name, 501);
        assertThat(session(name).cartAdds()).isEqualTo(500);
        assertThat(demand("sku#" + name + "A")).isEqualTo(new Demand(0, 500, 1));
    }

    @Test
    void metrics_tellWhatBecameOfRecords() throws Exception {
        EventRecord event = event("e1", "product_view", AT);
        send(event, event);
        awaitSession(name, 1);
        await().atMost(PATIENCE).until(() -> management("/actuator/prometheus").body().contains("result=\"duplicate\""));
        assertThat(management("/actuator/prometheus").body()).contains("doorstep_features_records_total")
                .contains("doorstep_features_delay_seconds_bucket").contains("service=\"feature-service\"");
    }

    private EventRecord event(String id, String type, long at) {
        return record(id, type, at, List.of(new Product(name + "A", 1, 9.5, 3, "fragile")));
    }

    private EventRecord withStock(String id, long at, int stock) {
        return record(id, "product_view", at, List.of(new Product(name + "A", 1, 9.5, stock, "fragile")));
    }

    private EventRecord record(String id, String type, long at, List<Product> products) {
        return new EventRecord(name + id, at, name, type, null, products, new Shipping("US", "94110", "standard"), "hash-" + type + at,
                Clock.systemUTC().millis(), "test", id);
    }

    private void send(EventRecord... events) {
        List<java.util.concurrent.Future<?>> sent = new ArrayList<>();
        for (EventRecord event : events) {
            sent.add(producer.send(new ProducerRecord<>(Topics.EVENTS, event.key(), codec.write(event))));
        }
        producer.flush();
        assertThat(sent).allMatch(java.util.concurrent.Future::isDone);
    }

    private void sendToOnePartition(List<EventRecord> events) {
        for (EventRecord event : events) {
            java.util.concurrent.Future<?> _ = producer.send(new ProducerRecord<>(Topics.EVENTS, 0, event.key(), codec.write(event)));
        }
        producer.flush();
    }

    private void sendRaw(String key, @Nullable String value) {
        java.util.concurrent.Future<?> _ = producer.send(
                new ProducerRecord<>(Topics.EVENTS, key, value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
        producer.flush();
    }

    private void awaitSession(String sessionId, long events) {
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            var session = reader.session(sessionId);
            return session != null && session.events() == events;
        });
    }

    private SessionFeatures session(String sessionId) {
        return Objects.requireNonNull(reader.session(sessionId)).features();
    }

    private Demand demand(String entity) {
        return reader.demand(entity, AT + 1_800_000, Duration.ofHours(2));
    }

    private FeaturesChanged awaitChange(String entity, long version) {
        await().atMost(PATIENCE).until(() -> {
            poll();
            FeaturesChanged change = changes.get(entity);
            return change != null && change.session() != null && change.session().version() == version;
        });
        return Objects.requireNonNull(changes.get(entity));
    }

    private DeadLetter awaitDeadLetter(String text) {
        await().atMost(PATIENCE).until(() -> {
            poll();
            return deadLetters.values().stream().anyMatch(letter -> holds(letter, text));
        });
        return deadLetters.values().stream().filter(letter -> holds(letter, text)).findFirst().orElseThrow();
    }

    private static boolean holds(DeadLetter letter, String text) {
        return new String(letter.original(), StandardCharsets.UTF_8).contains(text);
    }

    private void poll() {
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(Topics.DEAD_LETTERS)) {
                deadLetters.put(record.key(), new DeadLetterSeal(List.of(KEY)).open(codec.read(record.value(), SealedDeadLetter.class)));
            } else {
                var trace = record.headers().lastHeader("traceparent");
                traces.put(record.key(), trace == null ? "" : new String(trace.value(), StandardCharsets.US_ASCII));
                changes.put(record.key(), codec.read(record.value(), FeaturesChanged.class));
            }
        }
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> management(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
