package dev.doorstep.predictionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.featurestore.OutcomeStore.Taken;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.Ports;
import dev.doorstep.predictionservice.outcome.Pairs;
import dev.doorstep.predictionservice.promise.QuoteTokens;
import dev.doorstep.predictionservice.registry.Cause;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Strategy;
import dev.doorstep.watching.verdict.Pair;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scans come off a real topic and find their promises in a real store; the days go by when the test says so. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.store.create-tables=true", "spring.kafka.consumer.properties.metadata.max.age.ms=500"})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OutcomesTest {
    /** Tests that let days be counted come last, each with later days than the one before. */
    private static final int LAST = Integer.MAX_VALUE;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static KafkaProducer<String, byte[]> producer;

    @LocalServerPort
    int port;

    @Autowired
    OutcomeStore store;

    @Autowired
    Registry registry;

    @Autowired
    MeterRegistry meters;

    @Autowired
    DynamoDbClient client;

    @Autowired
    PredictionSettings settings;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final MessageCodec codec = new MessageCodec();
    private final String orderId = "order-" + UUID.randomUUID();
    private Map<Taken, Long> before = Map.of();

    @TestConfiguration
    static class Days {
        @Bean
        @Primary
        Clock movableClock() {
            InstantSource now = () -> Clock.systemUTC().instant().plus(later.get());
            return now.withZone(ZoneOffset.UTC);
        }
    }

    @BeforeAll
    static void startParts() throws Exception {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(), "acks", "all"), new StringSerializer(),
                new ByteArraySerializer());
        kafka.createTopic(Topics.OUTCOMES, 1);
    }

    @AfterAll
    static void stopParts() {
        producer.close();
        dynamoDb.close();
        kafka.close();
    }

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
    }

    @BeforeEach
    void count() {
        later.set(Duration.ZERO);
        before = store.counts();
    }

    @Test
    void delivered_isKeptOrLateByTheDayWhereItWent() throws Exception {
        Promise promise = promised();
        Instant evening = promise.deliveryDate().atTime(22, 0).atZone(java.time.ZoneId.of(promise.timeZone())).toInstant();
        send("a", null, orderId, Outcome.Type.ATTEMPTED, evening.minusSeconds(3600));
        send("b", null, orderId, Outcome.Type.DELIVERED, evening);
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode outcome = get("/v1/promises/" + promise.promiseId() + "/outcome", 200);
            assertThat(outcome.path("state").asString()).isEqualTo("DELIVERED");
            assertThat(outcome.path("deliveredOn").asString()).isEqualTo(promise.deliveryDate().toString());
            assertThat(outcome.path("kept").asBoolean()).isTrue();
            assertThat(outcome.path("scans")).hasSize(2);
        });
        assertThat(taken()).containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 2L));
    }

    @Test
    void sameAgain_contradictory_early_andLate_areToldApart() throws Exception {
        Promise promise = promised();
        Instant next = promise.promisedAt().plusSeconds(86_400);
        send("a", promise.promiseId(), null, Outcome.Type.DELIVERED, next);
        send("a", promise.promiseId(), null, Outcome.Type.DELIVERED, next);
        send("a", promise.promiseId(), null, Outcome.Type.LOST, next);
        send("b", promise.promiseId(), null, Outcome.Type.DELIVERED, next.plusSeconds(86_400));
        send("c", promise.promiseId(), null, Outcome.Type.ATTEMPTED, promise.promisedAt().minusSeconds(60));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsExactlyInAnyOrderEntriesOf(
                Map.of(Taken.APPLIED, 1L, Taken.DUPLICATE, 1L, Taken.CONTRADICTORY, 2L, Taken.EARLY, 1L)));
        assertThat(Instant.parse(get("/v1/promises/" + promise.promiseId() + "/outcome", 200).path("deliveredAt").asString()))
                .as("the first delivery counts").isEqualTo(next);
        later.set(Duration.ofDays(30));
        send("d", promise.promiseId(), null, Outcome.Type.EXCEPTION, next.minusSeconds(60));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.LATE, 1L));
    }

    @Test
    @Order(LAST - 5)
    void cancelledOrder_countsInNoCohort() throws Exception {
        later.set(Duration.ofDays(200));
        Promise promise = promised();
        send("a", null, orderId, Outcome.Type.CANCELLED, promise.promisedAt().plusSeconds(60));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 1L)));
        JsonNode outcome = get("/v1/promises/" + promise.promiseId() + "/outcome", 200);
        assertThat(outcome.path("state").asString()).isEqualTo("CANCELLED");
        assertThat(outcome.has("kept")).isFalse();
        send("a", promise.promiseId(), null, Outcome.Type.CANCELLED, promise.promisedAt().plusSeconds(60));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).as("the same scan by the promise and by its order")
                .containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 1L, Taken.DUPLICATE, 1L)));
        later.set(Duration.ofDays(216));
        LocalDate day = LocalDate.ofInstant(promise.promisedAt(), ZoneOffset.UTC);
        assertThat(get("/v1/reliability", 200).valueStream().map(group -> LocalDate.parse(group.path("to").asString())))
                .allSatisfy(to -> assertThat(to).isBefore(day));
        send("a", promise.promiseId(), null, Outcome.Type.LOST, promise.promisedAt().plusSeconds(90));
        send("b", null, orderId, Outcome.Type.DELIVERED, promise.promisedAt().plusSeconds(80_000));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.CONTRADICTORY, 2L));
        assertThat(get("/v1/promises/" + promise.promiseId() + "/outcome", 200).path("state").asString()).isEqualTo("DELIVERED");
    }

    @Test
    void orderThatNobodyKnows_waitsForItsPromise() throws Exception {
        Instant tomorrow = Clock.systemUTC().instant().plusSeconds(80_000);
        send("a", null, orderId, Outcome.Type.DELIVERED, tomorrow);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.UNKNOWN, 1L));
        Promise promise = promised();
        assertThat(get("/v1/promises/" + promise.promiseId() + "/outcome", 200).path("state").asString()).isEqualTo("DELIVERED");
        get("/v1/promises/none/outcome", 404);
    }

    @Test
    void recordThatIsNoOutcome_isSkippedAndCounted() throws Exception {
        producer.send(new ProducerRecord<>(Topics.OUTCOMES, "x", "{".getBytes(StandardCharsets.UTF_8))).get();
        Promise promise = promised();
        send("a", null, orderId, Outcome.Type.DELIVERED, promise.promisedAt().plusSeconds(60));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(taken()).containsEntry(Taken.APPLIED, 1L).containsEntry(Taken.CONTRADICTORY, 1L));
    }

    @Test
    void servedRecordThatIsNone_holdsNothingUp() throws Exception {
        for (String none : new String[]{"", "{", "{}", "{\"answer\":{}}", "null"}) {
            producer.send(new ProducerRecord<>(Topics.PREDICTIONS_SERVED, "x", none.getBytes(StandardCharsets.UTF_8))).get();
        }
        for (String id : new String[]{null, "", "x".repeat(3_000)}) {
            producer.send(new ProducerRecord<>(Topics.PREDICTIONS_SERVED, id, new byte[]{1})).get();
        }
        producer.send(new ProducerRecord<>(Topics.PREDICTIONS_SERVED, "x", null)).get();
        byte[] huge = new byte[500_000];
        ThreadLocalRandom.current().nextBytes(huge);
        producer.send(new ProducerRecord<>(Topics.PREDICTIONS_SERVED, "x", huge)).get();
        for (byte[] none : new byte[][]{"none of ours".getBytes(StandardCharsets.UTF_8), null}) {
            ProducerRecord<String, byte[]> token = new ProducerRecord<>(Topics.PREDICTIONS_SERVED, "x", new byte[]{1});
            token.headers().add(Topics.TOKEN_HEADER, none);
            producer.send(token).get();
        }
        Promise promise = promised();
        await().atMost(PATIENCE).untilAsserted(() -> get("/v1/promises/" + promise.promiseId() + "/replay", 200));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(meters.counter("doorstep.prediction.journal.unreadable").count()).isEqualTo(5));
    }

    @Test
    void returningCustomer_keepsTheDateUntilItsEnd_andIsToldANewOneThen(@Autowired PromiseStore kept, @Autowired QuoteTokens tokens)
            throws Exception {
        String customer = UUID.randomUUID().toString();
        String question = order().replaceFirst("\\{", "{\"customerKey\":\"" + customer + "\",");
        JsonNode first = ok(ask("/v1/predictions", question));
        String asked = String.valueOf(tokens.read(first.path("token").asString()).question());
        await().atMost(PATIENCE).until(() -> kept.quoted(String.valueOf(Subject.of(customer)), asked) != null);
        Duration left = Duration.between(Clock.systemUTC().instant(), Instant.parse(first.path("validUntil").asString()));
        later.set(left.minusSeconds(60));
        assertThat(ok(ask("/v1/predictions", question)).path("predictionId")).isEqualTo(first.path("predictionId"));
        later.set(left.plusSeconds(30));
        JsonNode then = ok(ask("/v1/predictions", question));
        assertThat(then.path("predictionId")).isNotEqualTo(first.path("predictionId"));
        assertThat(then.path("reasonCodes").toString()).doesNotContain("QUOTE_KEPT");
        assertThat(LocalDate.parse(then.path("deliveryDate").asString())).isAfterOrEqualTo(first.path("deliveryDate").asString());
        assertThat(Instant.parse(then.path("validUntil").asString())).isAfter(first.path("validUntil").asString());
        JsonNode expired = json.readTree(
                ask("/v1/promises", "{\"token\":\"" + first.path("token").asString() + "\",\"orderId\":\"" + orderId + "\"}").body());
        assertThat(expired.path("code").asString()).isEqualTo("TOKEN_EXPIRED");
    }

    @Test
    void journalRecordThatCanNotBeRead_isAsNone() throws Exception {
        Promise promise = promised();
        await().atMost(PATIENCE).untilAsserted(() -> get("/v1/promises/" + promise.promiseId() + "/replay", 200));
        // As a later release may have written it.
        client.putItem(put -> put.tableName(settings.store().tablePrefix() + "-promises")
                .item(Map.of("pk", AttributeValue.fromS("served#" + promise.predictionId()), "sk", AttributeValue.fromS("served"), "body",
                        AttributeValue.fromB(SdkBytes.fromUtf8String("{\"answer\":7}")))));
        assertThat(get("/v1/promises/" + promise.promiseId() + "/replay", 409).path("code").asString()).isEqualTo("REPLAY_IMPOSSIBLE");
        send("a", null, orderId, Outcome.Type.DELIVERED, promise.promisedAt().plusSeconds(80_000));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.APPLIED, 1L));
    }

    @Test
    void reliability_countsMaturePromisesOnly_andAnswersShowIt() throws Exception {
        Promise promise = promised();
        Instant late = promise.deliveryDate().plusDays(1).atTime(12, 0).atZone(java.time.ZoneId.of(promise.timeZone())).toInstant();
        send("a", null, orderId, Outcome.Type.DELIVERED, late);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.APPLIED, 1L));
        LocalDate day = LocalDate.ofInstant(promise.promisedAt(), ZoneOffset.UTC);
        assertThat(get("/v1/reliability", 200)).as("nothing is mature").isEmpty();
        later.set(Duration.ofDays(16));
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode groups = get("/v1/reliability", 200);
            assertThat(groups).isNotEmpty();
            JsonNode group = groups.path(0);
            assertThat(group.path("confidence").asDouble()).isEqualTo(0.9);
            assertThat(group.path("from").asString()).isEqualTo(day.toString());
            assertThat(group.path("count").asInt()).isPositive();
            assertThat(group.path("low").asDouble()).isLessThanOrEqualTo(group.path("observed").asDouble());
        });
        JsonNode calibration = ok(ask("/v1/predictions?include=calibration", order())).path("calibration");
        assertThat(calibration.path("window").path("from").asString()).isEqualTo(day.toString());
        assertThat(calibration.path("observed").isNumber()).isTrue();
        assertThat(calibration.path("observed").asDouble()).isBetween(calibration.path("low").asDouble(),
                calibration.path("high").asDouble());
        assertThat(calibration.path("high").asDouble()).isGreaterThan(calibration.path("low").asDouble());
    }

    @Test
    @Order(LAST - 4)
    void reliability_countsADayOnce_andAgainWhenMoreOfItBecomesKnown() throws Exception {
        later.set(Duration.ofDays(300));
        // Of so many nothing is known that those count nowhere.
        List<Promise> promises = List.of(promised("first-" + UUID.randomUUID()), promised("second-" + UUID.randomUUID()),
                promised("third-" + UUID.randomUUID()), promised("fourth-" + UUID.randomUUID()));
        LocalDate day = LocalDate.ofInstant(promises.getFirst().promisedAt(), ZoneOffset.UTC);
        send("a", promises.getFirst().promiseId(), null, Outcome.Type.DELIVERED, promises.getFirst().promisedAt().plusSeconds(80_000));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.APPLIED, 1L));
        later.set(Duration.ofDays(316));
        assertThat(lastDay(get("/v1/reliability", 200))).isEqualTo(day);
        int count = get("/v1/reliability", 200).valueStream().mapToInt(group -> group.path("count").asInt()).sum();
        // 1. Its promises are not looked at again.
        String table = settings.store().tablePrefix() + "-models";
        Map<String, AttributeValue> key = Map.of("pk", AttributeValue.fromS("cohort"), "sk",
                AttributeValue.fromS(day + "/" + promises.getFirst().promiseId()));
        Map<String, AttributeValue> known = client.getItem(item -> item.tableName(table).key(key)).item();
        client.deleteItem(delete -> delete.tableName(table).key(key));
        assertThat(get("/v1/reliability", 200).valueStream().mapToInt(group -> group.path("count").asInt()).sum()).isEqualTo(count);
        client.putItem(put -> put.tableName(table).item(known));
        // 2. Another one of them is delivered, long after its day was counted.
        send("b", promises.getLast().promiseId(), null, Outcome.Type.DELIVERED, promises.getLast().promisedAt().plusSeconds(900_000));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsEntry(Taken.LATE, 1L));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                get("/v1/reliability", 200).valueStream().mapToInt(group -> group.path("count").asInt()).sum()).isEqualTo(count + 1));
    }

    /** Whoever waits for ever is late, unless so little is known of a day that scans must be missing. */
    @Test
    @Order(LAST - 2)
    void parcelThatNeverComes_isOverdueWhereTheOthersCame_andUnknownWhereTheyDidNot() throws Exception {
        later.set(Duration.ofDays(500));
        get("/v1/reliability", 200);
        double unknown = meters.get("doorstep.promises.unknown").gauge().value();
        List<Promise> promises = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            promises.add(promised("overdue-" + UUID.randomUUID()));
        }
        String erased = promised("erased-" + UUID.randomUUID()).promiseId();
        client.updateItem(update -> update.tableName(settings.store().tablePrefix() + "-promises")
                .key(Map.of("pk", AttributeValue.fromS("promise#" + erased), "sk", AttributeValue.fromS("promise")))
                .updateExpression("REMOVE body"));
        String cancelled = "cancelled-" + UUID.randomUUID();
        promises.add(promised(cancelled));
        LocalDate day = LocalDate.ofInstant(promises.getFirst().promisedAt(), ZoneOffset.UTC);
        for (Promise each : promises.subList(0, 18)) {
            send("a", each.promiseId(), null, Outcome.Type.DELIVERED, each.promisedAt().plusSeconds(80_000));
        }
        send("a", null, cancelled, Outcome.Type.CANCELLED, promises.getLast().promisedAt().plusSeconds(60));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 19L)));
        await().atMost(PATIENCE).until(() -> client.query(query -> query.tableName(settings.store().tablePrefix() + "-models")
                .keyConditionExpression("pk = :cohort AND begins_with(sk, :day)").expressionAttributeValues(
                        Map.of(":cohort", AttributeValue.fromS("cohort"), ":day", AttributeValue.fromS(day.toString()))))
                .count() == 21);
        later.set(Duration.ofDays(516));
        // 1. Of 18 in 21 it is known.
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode group = group(day);
            assertThat(group.path("overdue").asInt()).isZero();
            assertThat(meters.get("doorstep.promises.unknown").gauge().value()).isEqualTo(unknown + 3);
        });
        JsonNode before = group(day);
        // 2. Of one more.
        send("a", promises.get(18).promiseId(), null, Outcome.Type.DELIVERED, promises.get(18).promisedAt().plusSeconds(80_000));
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode group = group(day);
            assertThat(group.path("count").asInt()).isEqualTo(before.path("count").asInt() + 2);
            assertThat(group.path("overdue").asInt()).isOne();
            assertThat(meters.get("doorstep.promises.unknown").gauge().value()).isEqualTo(unknown);
            assertThat(kept(group)).isEqualTo(kept(before) + 1);
        });
        // 3. It comes after all, and late it stays.
        send("a", promises.get(19).promiseId(), null, Outcome.Type.DELIVERED, promises.get(19).promisedAt().plusSeconds(1_300_000));
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode group = group(day);
            assertThat(group.path("count").asInt()).isEqualTo(before.path("count").asInt() + 2);
            assertThat(group.path("overdue").asInt()).isZero();
        });
    }

    @Test
    @Order(LAST - 1)
    void promiseForADayAfterTheHorizon_isOverdueOnceThatDayHasPassed() throws Exception {
        later.set(Duration.ofDays(600));
        Promise soon = promised("soon-" + UUID.randomUUID());
        Promise far = promised("far-" + UUID.randomUUID());
        LocalDate day = LocalDate.ofInstant(far.promisedAt(), ZoneOffset.UTC);
        String table = settings.store().tablePrefix() + "-models";
        Map<String, AttributeValue> key = Map.of("pk", AttributeValue.fromS("cohort"), "sk",
                AttributeValue.fromS(day + "/" + far.promiseId()));
        await().atMost(PATIENCE).until(() -> client.getItem(item -> item.tableName(table).key(key)).hasItem());
        Map<String, AttributeValue> item = new HashMap<>(client.getItem(get -> get.tableName(table).key(key)).item());
        String body = Objects.requireNonNull(item.get("body")).b().asUtf8String();
        item.put("body", AttributeValue.fromB(SdkBytes.fromUtf8String(
                body.replace("\"promisedFor\":\"" + far.deliveryDate(), "\"promisedFor\":\"" + day.plusDays(40)))));
        client.putItem(put -> put.tableName(table).item(item));
        send("a", soon.promiseId(), null, Outcome.Type.DELIVERED, soon.promisedAt().plusSeconds(80_000));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 1L)));
        later.set(Duration.ofDays(616));
        int count = group(day).path("count").asInt();
        assertThat(group(day).path("overdue").asInt()).isZero();
        later.set(Duration.ofDays(640));
        assertThat(group(day).path("count").asInt()).as("on the day itself it may still come").isEqualTo(count);
        later.set(Duration.ofDays(642));
        assertThat(group(day).path("count").asInt()).isEqualTo(count + 1);
        assertThat(group(day).path("overdue").asInt()).isOne();
    }

    private static long kept(JsonNode group) {
        return Math.round(group.path("observed").asDouble() * group.path("count").asInt());
    }

    /** The one that goes up to a day. */
    private JsonNode group(LocalDate day) throws Exception {
        return get("/v1/reliability", 200).valueStream().filter(group -> group.path("to").asString().equals(day.toString())).findFirst()
                .orElseThrow();
    }

    @Test
    @Order(LAST)
    void pairOfAParcelThatNeverCame_countsWithTheLeastThatItCanCost(@Autowired Pairs pairs, @Autowired PromiseStore kept) throws Exception {
        later.set(Duration.ofDays(700));
        List<Promise> promises = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            promises.add(promised("pair-" + UUID.randomUUID()));
        }
        Promise silent = promises.get(9);
        Promise lost = promises.get(10);
        LocalDate day = LocalDate.ofInstant(silent.promisedAt(), ZoneOffset.UTC);
        // As the journal of a trial has them: the candidate promises a day later, and leaves much for long after.
        for (Promise each : promises) {
            String table = settings.store().tablePrefix() + "-promises";
            Map<String, AttributeValue> key = Map.of("pk", AttributeValue.fromS("served#" + each.predictionId()), "sk",
                    AttributeValue.fromS("served"));
            await().atMost(PATIENCE).until(() -> client.getItem(item -> item.tableName(table).key(key)).hasItem());
            PredictionServed served = codec.read(Objects.requireNonNull(kept.served(each.predictionId())), PredictionServed.class);
            LocalDate next = each.deliveryDate().plusDays(1);
            Map<String, AttributeValue> item = new HashMap<>(key);
            item.put("body", AttributeValue.fromB(SdkBytes.fromByteArray(codec.write(served.withForecasts(
                    List.of(forecast("old", each.deliveryDate(), each.deliveryDate()), forecast("young", next, day.plusDays(40))))))));
            client.putItem(put -> put.tableName(table).item(item));
        }
        for (Promise each : promises.subList(0, 9)) {
            send("a", each.promiseId(), null, Outcome.Type.DELIVERED,
                    each.deliveryDate().plusDays(1).atTime(12, 0).atZone(java.time.ZoneId.of(each.timeZone())).toInstant());
        }
        send("a", lost.promiseId(), null, Outcome.Type.LOST, lost.promisedAt().plusSeconds(80_000));
        Rollout rollout = shadow(new ModelRef("1.1.0", "young"), new ModelRef("1.0.0", "old"));
        // The median to the 0.9 quantile are one day here, and days after the horizon begin with the fifteenth.
        double levels = (0.5 + 0.8 + 0.9) / 4;
        double days = day.plusDays(15).toEpochDay() - (double) silent.deliveryDate().toEpochDay();
        await().atMost(PATIENCE).untilAsserted(() -> {
            List<Pair> cohort = pairs.cohorts(rollout, day.toEpochDay(), day.toEpochDay()).getOrDefault(day.toEpochDay(), List.of());
            assertThat(cohort).hasSize(11).allSatisfy(pair -> assertThat(pair.late()).isTrue());
            assertThat(cohort.stream().filter(Pair::candidateLate)).hasSize(2).allSatisfy(pair -> {
                assertThat(pair.loss()).isCloseTo((levels + 0.95 / 4) * days, within(1e-9));
                assertThat(pair.candidateLoss()).as("it may come on the day of the last quantile").isCloseTo(levels * (days - 1),
                        within(1e-9));
            });
            // The other way round each model has the other's part.
            Rollout back = shadow(new ModelRef("1.0.0", "old"), new ModelRef("1.1.0", "young"));
            assertThat(pairs.cohorts(back, day.toEpochDay(), day.toEpochDay()).get(day.toEpochDay()))
                    .containsExactlyInAnyOrderElementsOf(cohort.stream().map(Pair::swapped).toList());
        });
    }

    private static Rollout shadow(ModelRef candidate, ModelRef baseline) {
        return new Rollout("r", candidate, baseline, Strategy.SHADOW, List.of(), Rollout.State.SHADOW, 0, Clock.systemUTC().instant());
    }

    /** Three quantiles on the promised day, and the last one. */
    private static PredictionServed.ModelForecast forecast(String digest, LocalDate day, LocalDate last) {
        return new PredictionServed.ModelForecast("1.0.0", digest, Basis.LANE_MODEL, day, List.of(day, day, day, last));
    }

    private static LocalDate lastDay(JsonNode groups) {
        return groups.valueStream().map(group -> LocalDate.parse(group.path("to").asString())).max(LocalDate::compareTo).orElseThrow();
    }

    @Test
    void replay_givesTheSameToTheLastBit() throws Exception {
        Promise promise = promised();
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode replay = get("/v1/promises/" + promise.promiseId() + "/replay", 200);
            assertThat(replay.path("identical").asBoolean()).isTrue();
            assertThat(replay.path("replayed")).isEqualTo(replay.path("promised"));
            assertThat(replay.path("modelDigest").asString()).hasSize(64);
            assertThat(replay.path("distributionDigest").asString()).hasSize(64);
        });
        get("/v1/promises/none/replay", 404);
        // Another process, whose policy was edited since, without what this CPU has of vectors, fused operations and a mathematical
        // library of its own.
        Path edited = directory.resolve("edited-policy.json");
        String policy = new PolicyReader(Places.load()).readDefault().json();
        assertThat(policy).contains("\"SATURDAY\"");
        Files.writeString(edited, policy.replace("\"SATURDAY\"", "\"SUNDAY\"").replace("PT24H", "PT1H"));
        int elsewhere = Ports.free();
        ChildProcess other = ChildProcess.start("elsewhere", List.of(ChildProcess.java(), "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=0", "-XX:UseSSE=2", "-XX:-UseFMA", "-XX:-UseLibmIntrinsic",
                "-XX:-InlineIntrinsics", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                PredictionApplication.class.getName(), "--server.port=" + elsewhere, "--management.server.port=0",
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(), "--doorstep.store.endpoint=" + dynamoDb.endpoint(),
                "--doorstep.prediction.policy=" + edited),
                Map.of(), directory);
        try (other) {
            await().atMost(PATIENCE).ignoreExceptionsInstanceOf(IOException.class).untilAsserted(() -> {
                HttpResponse<String> there = TestHttp.send("GET",
                        "http://localhost:" + elsewhere + "/v1/promises/" + promise.promiseId() + "/replay", null);
                assertThat(ok(there)).isEqualTo(get("/v1/promises/" + promise.promiseId() + "/replay", 200));
            });
        }
    }

    @Test
    @Order(LAST - 3)
    void ordersThatComeLate_moveWhereProbabilitiesAreRead_andPromisesFromBeforeStillReplay() throws Exception {
        // Later than orders of the tests before: a day that has been counted is not counted again.
        later.set(Duration.ofDays(400));
        // 1. Thirty customers are told the same day; all of them wait three days longer, but for one whose parcel is lost.
        List<Promise> promises = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            promises.add(promised("late-" + UUID.randomUUID()));
        }
        for (Promise each : promises.subList(1, 30)) {
            send("a", each.promiseId(), null, Outcome.Type.DELIVERED,
                    each.deliveryDate().plusDays(3).atTime(12, 0).atZone(java.time.ZoneId.of(each.timeZone())).toInstant());
        }
        Promise first = promises.getFirst();
        send("a", first.promiseId(), null, Outcome.Type.LOST, first.deliveryDate().atStartOfDay().toInstant(ZoneOffset.UTC));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(taken()).containsExactlyInAnyOrderEntriesOf(Map.of(Taken.APPLIED, 30L)));
        double readAt = ok(ask("/v1/predictions?include=calibration", order())).path("calibration").path("readAt").asDouble(0.9);
        // 2. While automation is frozen, nothing of it is learned, however often it looks.
        Cause cause = new Cause("a test", null, "frozen", List.of());
        registry.change(cause, "frozen", null, serving -> serving.withFrozen("a test"));
        later.set(Duration.ofDays(416));
        int states = states().size();
        for (int i = 0; i < 6; i++) {
            String look = lookedAt();
            await().atMost(PATIENCE).until(() -> !lookedAt().equals(look));
        }
        assertThat(states()).hasSize(states);
        registry.change(cause, "unfrozen", null, serving -> serving.withFrozen(null));
        // 3. Once all orders of that day had time to arrive, a date that holds as asked is one that the model is surer of.
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode after = ok(ask("/v1/predictions?include=calibration", order()));
            assertThat(after.path("calibration").path("readAt").asDouble()).as(after.toString()).isBetween(readAt + 0.002, 0.999);
        });
        // 4. Not so where that is switched off.
        try (ConfigurableApplicationContext without = SpringApplication.run(PredictionApplication.class, "--server.port=0",
                "--management.server.port=0", "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--doorstep.store.endpoint=" + dynamoDb.endpoint(), "--doorstep.rollout.live-calibration=false")) {
            JsonNode uncorrected = ok(TestHttp.send("POST", "http://localhost:"
                    + without.getEnvironment().getRequiredProperty("local.server.port") + "/v1/predictions?include=calibration", order()));
            assertThat(uncorrected.path("calibration").path("readAt").asDouble(0.9)).isEqualTo(0.9);
        }
        // 5. What was promised before is still made again as it was, and so is what is promised now.
        Promise now = promised();
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (Promise each : List.of(first, now)) {
                assertThat(get("/v1/promises/" + each.promiseId() + "/replay", 200).path("identical").asBoolean()).isTrue();
            }
        });
        String table = settings.store().tablePrefix() + "-models";
        AttributeValue live = AttributeValue.fromS("live");
        List<Map<String, AttributeValue>> kept = states();
        kept.forEach(item -> client.deleteItem(
                delete -> delete.tableName(table).key(Map.of("pk", live, "sk", Objects.requireNonNull(item.get("sk"))))));
        JsonNode problem = get("/v1/promises/" + now.promiseId() + "/replay", 409);
        assertThat(problem.path("code").asString()).isEqualTo("REPLAY_IMPOSSIBLE");
        assertThat(problem.path("field").asString()).isEqualTo("liveUntil");
        kept.forEach(item -> client.putItem(put -> put.tableName(table).item(item)));
        get("/v1/promises/" + now.promiseId() + "/replay", 200);
    }

    /** What outcomes said of models' probabilities, as it is kept. */
    private List<Map<String, AttributeValue>> states() {
        return client.queryPaginator(query -> query.tableName(settings.store().tablePrefix() + "-models")
                .keyConditionExpression("pk = :live").expressionAttributeValues(Map.of(":live", AttributeValue.fromS("live")))).items()
                .stream().toList();
    }

    /** When the replica that decides claims the next look. */
    private String lookedAt() {
        return client.getItem(get -> get.tableName(settings.store().tablePrefix() + "-models").consistentRead(true)
                .key(Map.of("pk", AttributeValue.fromS("lease"), "sk", AttributeValue.fromS("decisions")))).item().toString();
    }

    private Map<Taken, Long> taken() {
        Map<Taken, Long> now = new java.util.EnumMap<>(Taken.class);
        store.counts().forEach((kind, count) -> {
            long more = count - before.getOrDefault(kind, 0L);
            if (more > 0) {
                now.put(kind, more);
            }
        });
        return now;
    }

    private void send(String outcomeId, @Nullable String promiseId, @Nullable String order, Outcome.Type type, Instant at)
            throws Exception {
        Outcome outcome = new Outcome(outcomeId, promiseId, order, null, type, at);
        producer.send(new ProducerRecord<>(Topics.OUTCOMES, "key", codec.write(outcome))).get();
    }

    private static String order() {
        return "{\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"},\"items\":[{\"sku\":\"SKU-1001\"}]}";
    }

    private Promise promised() throws Exception {
        return promised(orderId);
    }

    private Promise promised(String order) throws Exception {
        JsonNode answer = ok(ask("/v1/predictions", order()));
        return json.treeToValue(
                ok(ask("/v1/promises", "{\"token\":\"" + answer.path("token").asString() + "\",\"orderId\":\"" + order + "\"}")),
                Promise.class);
    }

    private HttpResponse<String> ask(String path, String body) throws Exception {
        return TestHttp.send("POST", "http://localhost:" + port + path, body);
    }

    private JsonNode get(String path, int status) throws Exception {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return json.readTree(response.body());
    }

    private JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return json.readTree(response.body());
    }
}
