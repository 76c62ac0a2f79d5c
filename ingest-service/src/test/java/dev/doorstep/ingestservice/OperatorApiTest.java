package dev.doorstep.ingestservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.LetterFilter;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.Progress;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.Replay;
import dev.doorstep.featurestore.ReplayStore;
import dev.doorstep.featurestore.SourceCounts;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.featurestore.StoredLetter;
import dev.doorstep.featurestore.WriteResult;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.OperatorToken;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ledger, dead letters, replays and erasure over HTTP, on real Kafka and DynamoDB Local; feature-service's part is played by the test. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.ingest.reconcile-interval=1s", "doorstep.store.call-timeout=2s", "doorstep.store.create-tables=true",
        "doorstep.ingest.partitions=1",
        "doorstep.dead-letters.keys=" + Records.KEY})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String GOOD = "{\"_id\":\"%s\",\"_source\":{\"createdDateTime\":1731880381293,\"sessionId\":\"%s\",\"customerKey\":\"%s\"}}\n";

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static OperatorToken operator;
    private static Records records;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    DynamoDbClient client;

    @Autowired
    StoreSettings store;

    @Autowired
    DeadLetterStore letters;

    @Autowired
    ReplayStore replays;

    @Autowired
    KafkaAdmin admin;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final MessageCodec codec = new MessageCodec();

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
        registry.add("doorstep.dead-letters.archive", () -> directory.resolve("archive").toString());
        registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> operator.publicKey().toUri().toString());
    }

    @BeforeAll
    static void startParts() throws Exception {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        kafka.createTopic(Topics.FEATURES_CHANGED, 1);
        operator = OperatorToken.create(directory, Clock.systemUTC().instant());
        records = new Records(kafka.bootstrapServers());
    }

    @AfterAll
    static void stopParts() {
        records.close();
        dynamoDb.close();
        kafka.close();
    }

    @Test
    @Order(1)
    void ledger_showsWhatIsInFlightAndWhatIsMissing() throws Exception {
        // 1. Three events, of which one comes twice, and two documents that can't be used.
        assertThat(post(GOOD.formatted("l1", "s", "c") + GOOD.formatted("l2", "s", "c") + GOOD.formatted("l1", "s", "c")
                + "{\"_id\":\"\"}\n{oops\n").statusCode()).isEqualTo(207);
        JsonNode ledger = ledger();
        assertThat(ledger.path("balanced").asBoolean()).isTrue();
        assertThat(ledger.path("exact").asBoolean()).isTrue();
        assertThat(balance(ledger.path("total")))
                .isEqualTo("5 received, 0 applied, 0 duplicate, 0 rejected, 2 dead, 3 flying, 0 lost, 0 doubled");
        assertThat(balance(ledger.path("sources").path("http"))).isEqualTo(balance(ledger.path("total")));
        assertThat(ledger.path("partitions").path(0).path("unapplied").asLong()).isEqualTo(3);
        // 2. The store says that it has them.
        long end = ledger.path("partitions").path(0).path("end").asLong();
        apply(end, new SourceCounts(0, 2, 1, 0));
        assertThat(balance(ledger().path("total")))
                .isEqualTo("5 received, 2 applied, 1 duplicate, 0 rejected, 2 dead, 0 flying, 0 lost, 0 doubled");
        assertThat(ledger().path("lastBalanced").asString()).isNotEmpty();
        // 3. Were one of them missing, or there twice, it would say so.
        apply(end, new SourceCounts(0, 1, 1, 0));
        JsonNode missing = ledger();
        assertThat(missing.path("balanced").asBoolean()).isFalse();
        assertThat(balance(missing.path("total")))
                .isEqualTo("5 received, 1 applied, 1 duplicate, 0 rejected, 2 dead, 0 flying, 1 lost, 0 doubled");
        assertThat(metric("doorstep_ledger_unbalanced")).isEqualTo("1.0");
        apply(end, new SourceCounts(0, 3, 1, 0));
        assertThat(balance(ledger().path("total")))
                .isEqualTo("5 received, 3 applied, 1 duplicate, 0 rejected, 2 dead, 0 flying, 0 lost, 1 doubled");
        apply(end, new SourceCounts(0, 2, 1, 0));
        assertThat(ledger().path("balanced").asBoolean()).isTrue();
        assertThat(metric("doorstep_ledger_unbalanced")).isEqualTo("0.0");
        assertThat(metric("doorstep_ledger_documents", "became=\"received\"", "source=\"http\"")).isEqualTo("5.0");
        // 4. What others put on the topic is received too.
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(Topics.EVENTS, "k", "{}".getBytes(StandardCharsets.UTF_8))).get();
        }
        assertThat(balance(ledger().path("sources").path("kafka")))
                .isEqualTo("1 received, 0 applied, 0 duplicate, 0 rejected, 0 dead, 1 flying, 0 lost, 0 doubled");
    }

    @Test
    @Order(2)
    void ledger_countsWhatIsRejected() throws Exception {
        long before = ledger().path("total").path("rejected").asLong();
        assertThat(request("POST", "http://localhost:" + port + "/v1/events", null, "application/json",
                new byte[]{0x1f, (byte) 0x8b, 0, 0, 0}).statusCode()).isEqualTo(400);
        await().atMost(PATIENCE).until(() -> ledger().path("total").path("rejected").asLong() == before + 1);
        assertThat(ledger().path("balanced").asBoolean()).isTrue();
    }

    @Test
    void outcomes_areAnsweredOneByOne_andStandInTheLedger() throws Exception {
        JsonNode before = ledger();
        String good = "{\"outcomeId\":\"%s\",\"orderId\":\"o-1\",\"type\":\"delivered\",\"occurredAt\":\"2026-11-20T10:00:00Z\"}";
        HttpResponse<String> one = request("POST", "http://localhost:" + port + "/v1/outcomes", null, "application/json",
                good.formatted("a").getBytes(StandardCharsets.UTF_8));
        assertThat(one.statusCode()).isEqualTo(202);
        assertThat(json.readTree(one.body()).path("outcomes").path(0).path("status").asString()).isEqualTo("accepted");
        HttpResponse<String> mixed = request("POST", "http://localhost:" + port + "/v1/outcomes", null, "application/json",
                ("[" + good.formatted("b") + ",{\"outcomeId\":\"c\",\"type\":\"delivered\",\"occurredAt\":1}]")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(mixed.statusCode()).isEqualTo(207);
        JsonNode refused = json.readTree(mixed.body()).path("outcomes").path(1);
        assertThat(refused.path("status").asString()).isEqualTo("refused");
        assertThat(refused.path("outcomeId").asString()).isEqualTo("c");
        assertThat(refused.path("field").asString()).isEqualTo("promiseId");
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode ledger = ledger();
            assertThat(more(before, ledger, "received")).isEqualTo(3);
            assertThat(more(before, ledger, "rejected")).isEqualTo(1);
            assertThat(more(before, ledger, "inFlight")).isEqualTo(2);
            assertThat(ledger.path("sources").has("outcomes")).as("documents are balanced apart").isFalse();
            assertThat(ledger.path("total")).isEqualTo(before.path("total"));
        });
        assertThat(request("POST", "http://localhost:" + port + "/v1/outcomes", null, "application/json",
                "[]".getBytes(StandardCharsets.UTF_8)).statusCode()).isEqualTo(400);
    }

    private static long more(JsonNode before, JsonNode after, String count) {
        return after.path("outcomes").path(count).asLong() - before.path("outcomes").path(count).asLong();
    }

    @Test
    void operatorApi_isClosedToAllOthers() throws Exception {
        for (String path : List.of("/v1/ledger", "/v1/dead-letters", "/v1/dead-letters/counts", "/v1/dead-letters/replays", "/v1/none")) {
            assertThat(request("GET", management(path), null, null, null).statusCode()).as(path).isEqualTo(401);
            assertThat(request("GET", "http://localhost:" + port + path, operator.token(), null, null).statusCode()).as(path)
                    .isEqualTo(404);
        }
        assertThat(request("DELETE", management("/v1/subjects/x"), null, null, null).statusCode()).isEqualTo(401);
        assertThat(request("GET", management("/v1/none"), operator.token(), null, null).statusCode()).isEqualTo(404);
        assertThat(request("GET", management("/actuator/health"), null, null, null).statusCode()).isEqualTo(200);
    }

    @Test
    void auditor_readsTheLedgerAndNoDeadLetters_howeverTheirPathIsWritten() throws Exception {
        String auditor = operator.signed("auditor", "doorstep", Clock.systemUTC().instant().plusSeconds(600));
        assertThat(request("GET", management("/v1/ledger"), auditor, null, null).statusCode()).isEqualTo(200);
        for (String path : List.of("/v1/dead-letters", "/v1/%64ead-letters", "/v1/dead-letters/counts", "/v1/dead-letters/none")) {
            assertThat(request("GET", management(path), auditor, null, null).statusCode()).as(path).isEqualTo(403);
        }
        assertThat(request("DELETE", management("/v1/subjects/x"), auditor, null, null).statusCode()).isEqualTo(403);
    }

    @Test
    void deadLetters_areListedCountedAndShown() throws Exception {
        post("""
             {"_id":"shown-1","_source":{"createdDateTime":"yesterday-noon"}}
             {"_id":"shown-2","_source":{}}
             """);
        StoredLetter letter = awaitLetter("yesterday-noon");
        JsonNode listed = get(
                "/v1/dead-letters?reason=UNREADABLE_TIMESTAMP&field=_source.createdDateTime&source=http&stage=ingest-service");
        assertThat(listed.path("deadLetters")).hasSize(1);
        JsonNode first = listed.path("deadLetters").path(0);
        assertThat(first.path("id").asString()).isEqualTo(letter.id());
        assertThat(first.path("status").asString()).isEqualTo("open");
        assertThat(first.toString()).doesNotContain("yesterday-noon");
        JsonNode shown = get("/v1/dead-letters/" + letter.id());
        assertThat(shown.path("value").asString()).isEqualTo("yesterday-noon");
        assertThat(shown.path("message").asString()).contains("_source.createdDateTime").contains("yesterday-noon");
        assertThat(shown.path("original").asString())
                .isEqualTo("{\"_id\":\"shown-1\",\"_source\":{\"createdDateTime\":\"yesterday-noon\"}}");
        assertThat(shown.path("reason").asString()).isEqualTo("UNREADABLE_TIMESTAMP");
        JsonNode counts = get("/v1/dead-letters/counts?reason=UNREADABLE_TIMESTAMP");
        assertThat(counts.path("count").asLong()).isEqualTo(1);
        assertThat(counts.path("byStatus").path("open").asLong()).isEqualTo(1);
        assertThat(get("/v1/dead-letters?limit=1").path("next").asString()).isNotEmpty();
        String next = get("/v1/dead-letters?limit=1").path("next").asString();
        assertThat(get("/v1/dead-letters?limit=1&cursor=" + URLEncoder.encode(next, StandardCharsets.UTF_8)).path("deadLetters").path(0)
                .path("id")).isNotEqualTo(get("/v1/dead-letters?limit=1").path("deadLetters").path(0).path("id"));
    }

    @Test
    void badRequests_nameTheField() throws Exception {
        post("{\"_id\":\"bad-request-target\",\"_source\":{}}\n");
        String id = awaitLetter("bad-request-target").id();
        assertProblem(get0("/v1/dead-letters?reason=NONE_SUCH"), 400, "reason");
        assertProblem(get0("/v1/dead-letters?reasn=NOT_JSON"), 400, "reasn");
        assertProblem(get0("/v1/dead-letters?limit=0"), 400, "limit");
        assertProblem(get0("/v1/dead-letters?limit=x"), 400, "limit");
        assertProblem(get0("/v1/dead-letters?from=yesterday"), 400, "from");
        assertProblem(get0("/v1/dead-letters?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z"), 400, "to");
        assertProblem(get0("/v1/dead-letters?status=lost"), 400, "status");
        assertProblem(get0("/v1/dead-letters?cursor=abc"), 400, "cursor");
        assertProblem(get0("/v1/dead-letters/" + "0".repeat(32)), 404, "id");
        assertProblem(get0("/v1/dead-letters/replays/none"), 404, "id");
        assertProblem(operate("POST", "/v1/dead-letters/replays", "application/json", "{}"), 400, "body");
        assertProblem(operate("POST", "/v1/dead-letters/replays", "application/json", ""), 400, "body");
        assertProblem(operate("POST", "/v1/dead-letters/replays", "application/json", "{\"reason\":\"X\"}"), 400, "reason");
        assertProblem(operate("POST", "/v1/dead-letters/replays", "application/json", "{\"raeson\":\"NOT_JSON\"}"), 400, "raeson");
        assertProblem(operate("POST", "/v1/dead-letters/replays", "application/json", "{\"ids\":[\"1\"]}"), 400, "ids[0]");
        assertProblem(operate("PATCH", "/v1/dead-letters/" + id, "application/json-patch+json", "[{\"op\":\"none\"}]"), 400, "body");
        assertProblem(operate("PATCH", "/v1/dead-letters/" + id, "application/json-patch+json", "{}"), 400, "body");
        assertProblem(operate("PATCH", "/v1/dead-letters/" + id, "application/json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/_source/createdDateTime\",\"value\":\"no\"}]"), 400, "_source.createdDateTime");
        assertProblem(operate("PATCH", "/v1/dead-letters/" + id, "application/json", "[]"), 415, null);
        assertProblem(operate("PUT", "/v1/dead-letters/" + id + "/document", "application/json", "{\"_id\":\"x\"}"), 400,
                "_source.createdDateTime");
        assertProblem(operate("DELETE", "/v1/subjects/" + "k".repeat(257), null, null), 400, "customerKey");
        // None of it has changed anything.
        assertThat(get("/v1/dead-letters/" + id).path("status").asString()).isEqualTo("open");
        assertThat(get("/v1/dead-letters/" + id).has("corrected")).isFalse();
    }

    @Test
    void repairedLetter_isReplayedOnce() throws Exception {
        post("""
             {"_source":{"createdDateTime":1731880381293,"sessionId":"repaired","note":"no-id-here"}}
             {"_id":"put-me-right","_source":{"createdDateTime":-1}}
             """);
        StoredLetter patched = awaitLetter("no-id-here");
        StoredLetter corrected = awaitLetter("put-me-right");
        // 1. What a patch would do is told without doing it; then it is done.
        String patch = "[{\"op\":\"add\",\"path\":\"/_id\",\"value\":\"patched-in\"}]";
        assertThat(json
                .readTree(
                        operate("PATCH", "/v1/dead-letters/" + patched.id() + "?dryRun=true", "application/json-patch+json", patch).body())
                .path("status").asString()).isEqualTo("open");
        assertThat(get("/v1/dead-letters/" + patched.id()).path("status").asString()).isEqualTo("open");
        assertThat(operate("PATCH", "/v1/dead-letters/" + patched.id(), "application/json-patch+json", patch).statusCode()).isEqualTo(200);
        assertThat(get("/v1/dead-letters/" + patched.id()).path("status").asString()).isEqualTo("repaired");
        assertThat(get("/v1/dead-letters/" + patched.id()).path("corrected").asString()).contains("patched-in").contains("no-id-here");
        assertThat(operate("PUT", "/v1/dead-letters/" + corrected.id() + "/document", "application/json",
                "{\"_id\":\"put-right\",\"_source\":{\"createdDateTime\":1}}").statusCode()).isEqualTo(200);
        // 2. Both are replayed, after a dry run.
        String ids = "\"ids\":[\"" + patched.id() + "\",\"" + corrected.id() + "\"]";
        JsonNode dry = awaitReplay("{" + ids + ",\"dryRun\":true}");
        assertThat(dry.path("replayed").asLong()).isEqualTo(2);
        assertThat(get("/v1/dead-letters/" + patched.id()).path("status").asString()).isEqualTo("repaired");
        JsonNode replay = awaitReplay("{" + ids + "}");
        assertThat(replay.path("matched").asLong()).isEqualTo(2);
        assertThat(replay.path("replayed").asLong()).isEqualTo(2);
        assertThat(get("/v1/dead-letters/" + patched.id()).path("status").asString()).isEqualTo("replayed");
        ConsumerRecord<String, byte[]> record = records.awaitEvent("patched-in");
        EventRecord event = codec.read(record.value(), EventRecord.class);
        assertThat(event.receivedAt()).isEqualTo(patched.receivedAt().toEpochMilli());
        assertThat(event.source()).isEqualTo("replay");
        assertThat(event.position()).isEqualTo(patched.id());
        assertThat(record.headers().lastHeader("source").value()).asString().isEqualTo("replay");
        records.awaitEvent("put-right");
        // 3. The same again by filter finds nothing left to do.
        assertThat(awaitReplay("{\"reason\":\"TIMESTAMP_OUT_OF_RANGE\"}").path("matched").asLong()).isZero();
    }

    @Test
    void replayThatFails_marksItsLettersAndMakesNoOthers() throws Exception {
        post("""
             {"_id":"d1","_id":"dup-1","_source":{"createdDateTime":1}}
             {"_id":"d1","_id":"dup-2","_source":{"createdDateTime":1}}
             """);
        StoredLetter letter = awaitLetter("dup-1");
        awaitLetter("dup-2");
        long before = get("/v1/dead-letters/counts").path("count").asLong();
        long rejected = ledger().path("sources").path("replay").path("rejected").asLong();
        JsonNode replay = awaitReplay("{\"reason\":\"DUPLICATE_KEY\"}");
        await().atMost(PATIENCE).until(() -> ledger().path("sources").path("replay").path("rejected").asLong() == rejected + 2);
        assertThat(replay.path("refused").path("DUPLICATE_KEY").asLong()).isEqualTo(2);
        assertThat(replay.path("replayed").asLong()).isZero();
        assertThat(get("/v1/dead-letters/" + letter.id()).path("status").asString()).isEqualTo("failed");
        assertThat(get("/v1/dead-letters/" + letter.id()).path("failures").asLong()).isEqualTo(1);
        assertThat(awaitReplay("{\"reason\":\"DUPLICATE_KEY\"}").path("matched").asLong()).isZero();
        assertThat(awaitReplay("{\"reason\":\"DUPLICATE_KEY\",\"includeFailed\":true}").path("matched").asLong()).isEqualTo(2);
        assertThat(get("/v1/dead-letters/" + letter.id()).path("failures").asLong()).isEqualTo(2);
        assertThat(get("/v1/dead-letters/counts").path("count").asLong()).isEqualTo(before);
        // What feature-service refuses of a replay comes back to the letter, too.
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(), new ByteArraySerializer())) {
            DeadLetter failure = new DeadLetter("replay", letter.id(), "feature-service", ErrorCode.ID_CONFLICT, "_id", "known", 1,
                    new byte[0], 0, "", null, null);
            SealedDeadLetter sealed = new DeadLetterSeal(List.of(Records.KEY)).seal(failure);
            producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS, failure.key(), codec.write(sealed))).get();
            producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS, "rubbish", new byte[]{1, 2})).get();
        }
        await().atMost(PATIENCE).until(() -> get("/v1/dead-letters/" + letter.id()).path("reason").asString().equals("ID_CONFLICT"));
        assertThat(get("/v1/dead-letters/counts").path("count").asLong()).isEqualTo(before);
    }

    @Test
    void replayByTime_isInTheOrderOfReceipt() throws Exception {
        // 1. Three documents of one session come one after the other; the last one is repaired first.
        List<StoredLetter> received = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            post("{\"_id\":\"timed-%d\",\"_source\":{\"createdDateTime\":1,\"sessionId\":\"timed\",\"products\":7}}\n".formatted(i));
            received.add(awaitLetter("timed-" + i));
        }
        for (int i = 2; i >= 0; i--) {
            operate("PATCH", "/v1/dead-letters/" + received.get(i).id(), "application/json-patch+json",
                    "[{\"op\":\"remove\",\"path\":\"/_source/products\"}]");
        }
        // 2. A range that ends at the last one leaves it out.
        String range = "{\"field\":\"_source.products\",\"from\":\"%s\",\"to\":\"%s\"}";
        assertThat(awaitReplay(range.formatted(received.get(0).receivedAt(), received.get(2).receivedAt())).path("replayed").asLong())
                .isEqualTo(2);
        assertThat(records.awaitEvent("timed-0").offset()).isLessThan(records.awaitEvent("timed-1").offset());
        assertThat(get("/v1/dead-letters/" + received.get(2).id()).path("status").asString()).isEqualTo("repaired");
        assertThat(awaitReplay(range.formatted(received.get(0).receivedAt(), received.get(2).receivedAt().plusMillis(1))).path("matched")
                .asLong()).isEqualTo(1);
        assertThat(records.awaitEvent("timed-1").offset()).isLessThan(records.awaitEvent("timed-2").offset());
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void storeAway_isAProblemThatSaysSo() throws Exception {
        dynamoDb.close();
        for (String path : List.of("/v1/dead-letters", "/v1/dead-letters/counts", "/v1/dead-letters/" + "0".repeat(32),
                "/v1/dead-letters/replays", "/v1/ledger")) {
            HttpResponse<String> response = get0(path);
            assertThat(response.statusCode()).as(path + ": " + response.body()).isEqualTo(503);
            assertThat(json.readTree(response.body()).path("code").asString()).isEqualTo("STORE_UNAVAILABLE");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
        // Documents are taken all the same.
        assertThat(post(GOOD.formatted("while-away", "s", "c")).statusCode()).isEqualTo(202);
        dynamoDb.restart();
    }

    @Test
    void replayOfAProcessThatDied_goesOnWhereItWas() throws Exception {
        StringBuilder body = new StringBuilder();
        for (int i = 0; i < 250; i++) {
            body.append("{\"_id\":\"deep-%d\",\"_source\":{\"createdDateTime\":1,\"x\":%s1%s}}\n".formatted(i, "[".repeat(300),
                    "]".repeat(300)));
        }
        post(body.toString());
        await().atMost(PATIENCE).until(() -> get("/v1/dead-letters/counts?reason=TOO_DEEP").path("count").asLong() == 250);
        // 1. Another process had taken a replay, done its first page and died.
        LetterFilter filter = new LetterFilter(ErrorCode.TOO_DEEP, null, null, null, null, null, null, Set.of());
        DeadLetterStore.Page first = letters.list(filter, null, 100);
        Replay left = new Replay("0000000000001-dead", Clock.systemUTC().instant(), Clock.systemUTC().instant(), List.of(), filter, true,
                Replay.State.RUNNING, first.next(), 100, 0, Map.of("TOO_DEEP", 100L), 0);
        replays.create(left);
        replays.claim(left.replayId(), "the dead one", Duration.ofMillis(1));
        // 2. This one goes on with the second page.
        await().atMost(PATIENCE).until(() -> get("/v1/dead-letters/replays/" + left.replayId()).path("state").asString().equals("done"));
        JsonNode done = get("/v1/dead-letters/replays/" + left.replayId());
        assertThat(done.path("matched").asLong()).isEqualTo(250);
        assertThat(done.path("refused").path("TOO_DEEP").asLong()).isEqualTo(250);
        assertThat(replays.save(left, "the dead one")).isFalse();
    }

    @Test
    void longOriginals_areArchivedEncrypted() throws Exception {
        String long1 = "{\"_id\":\"\",\"note\":\"" + "archived-whole ".repeat(20_000) + "\"}";
        String long2 = "{\"_id\":\"\",\"note\":\"" + "archived-passing-by ".repeat(150_000) + "\"}";
        assertThat(post(long1 + "\n" + long2 + "\n").statusCode()).isEqualTo(400);
        for (String original : List.of(long1, long2)) {
            StoredLetter letter = awaitLetter(original.substring(20, 50));
            assertThat(letter.whole()).isTrue();
            assertThat(letter.length()).isEqualTo(original.length());
            assertThat(request("GET", management("/v1/dead-letters/" + letter.id() + "/original"), operator.token(), null, null).body())
                    .isEqualTo(original);
        }
        try (Stream<Path> files = Files.walk(directory.resolve("archive"))) {
            List<Path> archived = files.filter(Files::isRegularFile).toList();
            assertThat(archived).hasSize(2);
            for (Path file : archived) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)).doesNotContain("archived");
            }
        }
    }

    @Test
    void subject_isErasedOnceNothingOfItIsOnItsWay() throws Exception {
        String key = "customer-4711";
        String path = "/v1/subjects/" + key;
        post("{\"_id\":\"erase-2\",\"_source\":{\"customerKey\":\"another\"}}\n");
        StoredLetter letter = awaitLetter("erase-2");
        // 1. The event is on Kafka and not in the store: nothing is erased.
        post(GOOD.formatted("erase-1", "erase-s", key) + "{\"_id\":\"erase-3\",\"_source\":{\"customerKey\":\"" + key + "\"}}\n");
        StoredLetter mine = awaitLetter("erase-3");
        HttpResponse<String> early = operate("DELETE", path, null, null);
        assertThat(early.statusCode()).isEqualTo(503);
        assertThat(early.headers().firstValue("Retry-After")).isPresent();
        assertThat(letters.find(mine.id())).isNotNull();
        // 2. Applied, it goes, with session and dead letter; others stay.
        EventRecord event = new EventRecord("erase-1", 1, "erase-s", null, key, List.of(), null, "h", Clock.systemUTC().millis(), "http",
                "0");
        long end = ledger().path("partitions").path(0).path("end").asLong();
        applied(end, new SourceCounts(0, 1, 0, 0), List.of(event),
                List.of(SessionState.empty("erase-s").plus(event).nextVersion()));
        PromiseStore promises = new PromiseStore(client, store);
        String subject = String.valueOf(Subject.of(key));
        promises.keepQuotes(List.of(new PromiseStore.Quoted(subject, "question", "token", Clock.systemUTC().instant().plusSeconds(600))));
        HttpResponse<String> erased = operate("DELETE", path, null, null);
        assertThat(erased.statusCode()).as(erased.body()).isEqualTo(200);
        JsonNode answer = json.readTree(erased.body());
        assertThat(answer.path("events").asLong()).isEqualTo(1);
        assertThat(answer.path("sessions").asLong()).isEqualTo(1);
        assertThat(answer.path("deadLetters").asLong()).isEqualTo(1);
        assertThat(answer.path("promises").asLong()).isZero();
        assertThat(promises.quoted(subject, "question")).isNull();
        assertThat(erased.body()).doesNotContain(key);
        assertThat(letters.find(mine.id())).isNull();
        assertThat(letters.find(letter.id())).isNotNull();
        assertThat(new FeatureReader(client, store).session("erase-s")).isNull();
    }

    /** The letter whose original holds the text. */
    private StoredLetter awaitLetter(String text) {
        await().atMost(PATIENCE).until(() -> findLetter(text) != null);
        return Objects.requireNonNull(findLetter(text));
    }

    private @Nullable StoredLetter findLetter(String text) {
        String after = null;
        do {
            DeadLetterStore.Page page = letters.list(LetterFilter.ALL, after, 500);
            for (StoredLetter letter : page.letters()) {
                DeadLetter original = letters.original(letter.id());
                if (original != null && new String(original.original(), StandardCharsets.UTF_8).contains(text)) {
                    return letter;
                }
            }
            after = page.next();
        } while (after != null);
        return null;
    }

    private JsonNode awaitReplay(String request) throws IOException, InterruptedException {
        HttpResponse<String> started = operate("POST", "/v1/dead-letters/replays", "application/json", request);
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String location = started.headers().firstValue("Location").orElseThrow();
        await().atMost(PATIENCE).until(() -> get(location).path("state").asString().equals("done"));
        return get(location);
    }

    private void apply(long position, SourceCounts counts) {
        applied(position, counts, List.of(), List.of());
    }

    private void applied(long position, SourceCounts counts, List<EventRecord> events, List<SessionState> sessions) {
        String topicId = Objects.requireNonNull(admin.describeTopics(Topics.EVENTS).get(Topics.EVENTS)).topicId().toString();
        PartitionId partition = new PartitionId(Topics.EVENTS, topicId, 0);
        Progress before = new ProgressReader(client, store).progress(partition);
        assertThat(new EffectsWriter(client, store, Clock.systemUTC()).write(new Effects(partition, before.nextPosition(),
                new Progress(position, Map.of("http", counts)), events, sessions, Map.of(), List.of())))
                .isEqualTo(new WriteResult.Applied());
    }

    private static String balance(JsonNode balance) {
        return "%d received, %d applied, %d duplicate, %d rejected, %d dead, %d flying, %d lost, %d doubled".formatted(
                balance.path("received").asLong(), balance.path("applied").asLong(), balance.path("duplicate").asLong(),
                balance.path("rejected").asLong(), balance.path("deadLettered").asLong(), balance.path("inFlight").asLong(),
                balance.path("lost").asLong(), balance.path("doubled").asLong());
    }

    private JsonNode ledger() throws IOException, InterruptedException {
        return get("/v1/ledger");
    }

    private String metric(String name, String... labels) throws IOException, InterruptedException {
        return request("GET", management("/actuator/prometheus"), null, null, null).body().lines()
                .filter(line -> line.startsWith(name) && Stream.of(labels).allMatch(line::contains))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1)).findFirst().orElse("none");
    }

    private void assertProblem(HttpResponse<String> response, int status, @Nullable String field) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.path("code").asString()).isNotEmpty();
        if (field != null) {
            assertThat(problem.path("field").asString()).as(response.body()).isEqualTo(field);
        }
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> response = get0(path);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json.readTree(response.body());
    }

    private HttpResponse<String> get0(String path) throws IOException, InterruptedException {
        return request("GET", management(path), operator.token(), null, null);
    }

    private HttpResponse<String> operate(String method, String path, @Nullable String type, @Nullable String body)
            throws IOException, InterruptedException {
        return request(method, management(path), operator.token(), type, body == null ? null : body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return request("POST", "http://localhost:" + port + "/v1/events", null, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private String management(String path) {
        return "http://localhost:" + managementPort + path;
    }

    private HttpResponse<String> request(String method, String url, @Nullable String token, @Nullable String type, byte @Nullable [] body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).method(method,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (type != null) {
            request.header("Content-Type", type);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
