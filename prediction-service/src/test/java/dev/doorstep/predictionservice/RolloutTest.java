package dev.doorstep.predictionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.OperatorToken;
import dev.doorstep.predictionservice.lookup.QuoteLookup;
import dev.doorstep.predictionservice.promise.QuoteTokens;
import dev.doorstep.predictionservice.serving.ServingModels;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models come, are tried, become active and go back, by the operators' API on a real store. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.store.create-tables=true", "doorstep.store.call-timeout=30s", "doorstep.rollout.poll=100ms",
        "spring.security.oauth2.resourceserver.jwt.audiences=doorstep",
        "doorstep.rollout.faults[0].version=1.3.0", "doorstep.rollout.faults[0].error-share=1",
        "doorstep.rollout.faults[1].version=1.4.0", "doorstep.rollout.faults[1].delay=5ms", "doorstep.rollout.shadow-queue=150",
        "doorstep.access.keys[0].name=server", "doorstep.access.keys[0].audience=server",
        "doorstep.access.keys[0].key=" + RolloutTest.SERVER_KEY})
class RolloutTest {
    static final String SERVER_KEY = "a key of the store's server with more than 32 characters";
    private static final String ORDER = "{\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"},\"items\":[{\"sku\":\"SKU-1001\"}]%s}";
    private static final String AT_ONCE = ",\"steps\":[{\"percent\":100,\"bake\":\"PT0S\"}]";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static FaultyProxy store;
    private static OperatorToken operator;
    private static HttpServer webhook;
    private static final List<String> alerts = Collections.synchronizedList(new ArrayList<>());
    /** How many alerts it refuses first. */
    private static final AtomicInteger webhookAway = new AtomicInteger();
    private static int patch;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    ServingModels models;

    @Autowired
    DynamoDbClient client;

    @Autowired
    PredictionSettings settings;

    @Autowired
    FeatureReader features;

    @Autowired
    QuoteTokens tokens;

    @Autowired
    Environment environment;

    @Autowired
    MeterRegistry metrics;

    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    static void startParts() throws Exception {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        store = dynamoDb.proxy();
        operator = OperatorToken.create(directory, Clock.systemUTC().instant());
        webhook = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        webhook.createContext("/", exchange -> {
            byte[] alert = exchange.getRequestBody().readAllBytes();
            boolean away = webhookAway.getAndUpdate(tries -> Math.max(0, tries - 1)) > 0;
            if (!away) {
                alerts.add(new String(alert, StandardCharsets.UTF_8));
            }
            exchange.sendResponseHeaders(away ? 503 : 204, -1);
            exchange.close();
        });
        webhook.start();
    }

    @AfterAll
    static void stopParts() {
        webhook.stop(0);
        store.close();
        dynamoDb.close();
        kafka.close();
    }

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> "http://127.0.0.1:" + store.port());
        registry.add("doorstep.rollout.models", () -> models().toString());
        registry.add("doorstep.rollout.webhook", () -> "http://localhost:" + webhook.getAddress().getPort() + "/");
        registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> operator.publicKey().toUri().toString());
    }

    /** Back to where each test starts. */
    @AfterEach
    void goBack() throws Exception {
        store.heal();
        operate("DELETE", "/v1/freeze", null);
        operate("DELETE", "/v1/safe-mode", null);
        for (JsonNode rollout : ok(operate("GET", "/v1/rollouts", null))) {
            ok(operate("POST", "/v1/rollouts/" + rollout.path("rollout").path("rolloutId").asString() + "/abort", null));
        }
        ok(operate("DELETE", "/v1/blocks/1.0.0", null));
        ok(operate("POST", "/v1/rollbacks", "{\"to\":\"1.0.0\",\"reason\":\"end of a test\"}"));
        alerts.clear();
    }

    @Test
    void blueGreen_promotesOnceEveryReplicaHasIt_andGoesBack() throws Exception {
        String version = registered(TestBundles.hasty(models(), next()));
        Instant before = Clock.systemUTC().instant();
        String id = start(version, "blue-green", "");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("active"));
        assertThat(answeredBy("")).isEqualTo(version);
        assertThat(ok(operate("GET", "/v1/models/" + version, null)).path("state").asString()).isEqualTo("active");
        assertThat(ok(operate("GET", "/v1/models/1.0.0", null)).path("state").asString()).isEqualTo("retired");
        JsonNode then = ok(operate("GET", "/v1/history?at=" + before + "&limit=1", null)).path(0);
        assertThat(then.path("serving").path("active").path("version").asString()).isEqualTo("1.0.0");
        JsonNode now = ok(operate("GET", "/v1/history?limit=1", null)).path(0);
        assertThat(now.path("serving").path("active").path("version").asString()).isEqualTo(version);
        assertThat(now.path("actor").asString()).isEqualTo("automation");

        JsonNode back = ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"too early\"}"));
        assertThat(back.path("active").path("version").asString()).isEqualTo("1.0.0");
        assertThat(answeredBy("")).isEqualTo("1.0.0");
        JsonNode entry = ok(operate("GET", "/v1/history?limit=1", null)).path(0);
        assertThat(entry.path("actor").asString()).isEqualTo("demo");
        assertThat(entry.path("reason").asString()).isEqualTo("too early");
        assertThat(entry.path("requestId").asString()).isNotEmpty();
        assertThat(state(id)).isEqualTo("rolled-back");
        // Asked for again, nothing changes.
        assertThat(ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"too early\"}")).path("epoch").asLong())
                .isEqualTo(back.path("epoch").asLong());
        assertThat(problem(operate("POST", "/v1/rollouts", rollout(version, "blue-green", "")), 409)).contains("MODEL_BLOCKED",
                "too early");
        ok(operate("DELETE", "/v1/blocks/" + version, null));
        start(version, "shadow", "");
    }

    @Test
    void returningCustomer_keepsTheDateThroughAPromotionAndARollback() throws Exception {
        String version = registered(TestBundles.hasty(models(), next()));
        String customer = ",\"customerKey\":\"returns\"";
        JsonNode first = ok(predict(customer));
        JsonNode unknown = ok(predict(""));
        String promises = "http://localhost:" + port + "/v1/promises";
        String promised = send("POST", promises, null, SERVER_KEY,
                "{\"token\":\"" + unknown.path("token").asString() + "\",\"orderId\":\"through-all\"}").body();
        String promise = promises + "/" + json.readTree(promised).path("promiseId").asString();
        assertThat(json.readTree(promised).path("deliveryDate")).isEqualTo(unknown.path("deliveryDate"));
        String id = start(version, "blue-green", "");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("active"));
        assertThat(send("GET", promise, null, SERVER_KEY, null).body()).as("a promise, byte for byte").isEqualTo(promised);
        assertThat(ok(predict("")).path("deliveryDate").asString()).as("the new model says another day")
                .isNotEqualTo(first.path("deliveryDate").asString());

        JsonNode again = ok(predict(customer));
        for (String part : List.of("predictionId", "deliveryDate", "probability", "window", "validUntil", "model", "token")) {
            assertThat(again.path(part)).as(part).isEqualTo(first.path(part));
        }
        assertThat(again.path("reasonCodes").toString()).contains("QUOTE_KEPT");
        // Nobody has to be known who brings the token.
        String token = ",\"token\":\"" + unknown.path("token").asString() + "\"";
        assertThat(ok(predict(token)).path("predictionId")).isEqualTo(unknown.path("predictionId"));
        // What was not asked before is answered anew.
        for (String other : List.of(",\"customerKey\":\"another\"", customer + ",\"confidence\":0.8",
                token + ",\"services\":[\"overnight\"]",
                customer + ",\"createdDateTime\":\"" + Clock.systemUTC().instant() + "\"")) {
            assertThat(ok(predict(other)).path("model").path("version").asString()).as(other).isEqualTo(version);
        }
        assertThat(ok(send("POST", "http://localhost:" + port + "/v1/models/" + version + "/predictions", null, SERVER_KEY,
                ORDER.formatted(customer))).path("model").path("version").asString()).as("a version of one's choice").isEqualTo(version);
        // Replicas that never saw the customer learn it from the store.
        await().atMost(PATIENCE).untilAsserted(() -> {
            QuoteLookup elsewhere = new QuoteLookup(client, CircuitBreakerRegistry.ofDefaults(), settings, Clock.systemUTC());
            QuoteLookup.Begun begun = elsewhere.begin(String.valueOf(Subject.of("returns")),
                    String.valueOf(tokens.read(first.path("token").asString()).question()));
            assertThat(begun.await()).isEqualTo(first.path("token").asString());
        });
        ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"a test\"}"));
        assertThat(send("GET", promise, null, SERVER_KEY, null).body()).isEqualTo(promised);
        assertThat(ok(predict(customer)).path("predictionId")).isEqualTo(first.path("predictionId"));
        ok(operate("DELETE", "/v1/blocks/" + version, null));
        assertThat(problem(predict(",\"token\":\"AQ" + "A".repeat(200) + "\""), 400)).contains("INVALID_TOKEN", "\"field\":\"token\"");
    }

    @Test
    void canary_isStickyByCustomer_andPromotedStepByStep() throws Exception {
        String version = registered(TestBundles.hasty(models(), next()));
        String id = start(version, "canary", ",\"steps\":[{\"percent\":30,\"bake\":\"P1D\"},{\"percent\":60,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("canary"));
        assertThat(listed(version)).isEqualTo("canary");
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            String customer = ",\"customerKey\":\"c" + i + "\"";
            String answered = answeredBy(customer);
            assertThat(answeredBy(customer + ",\"confidence\":0.8")).as("another question").isEqualTo(answered);
            if (answered.equals(version)) {
                first.add("c" + i);
            }
        }
        assertThat(first).hasSizeBetween(35, 85);
        ok(operate("POST", "/v1/rollouts/" + id + "/promote", null));
        for (String customer : first) {
            assertThat(answeredBy(",\"customerKey\":\"" + customer + "\",\"confidence\":0.7")).as("who had the candidate keeps it")
                    .isEqualTo(version);
        }
        ok(operate("POST", "/v1/rollouts/" + id + "/pause", null));
        assertThat(state(id)).isEqualTo("paused");
        ok(operate("POST", "/v1/rollouts/" + id + "/promote", null));
        assertThat(state(id)).isEqualTo("active");
        assertThat(List.of(listed(version), listed("1.0.0"))).containsExactly("active", "retired");
        assertThat(problem(operate("POST", "/v1/rollouts/" + id + "/pause", null), 409)).contains("ROLLOUT_CONFLICT");
        ok(operate("POST", "/v1/rollouts/" + id + "/abort", null));
        assertThat(List.of(listed(version), listed("1.0.0"))).containsExactly("retired", "active");
        assertThat(answeredBy("")).isEqualTo("1.0.0");
        long epoch = ok(operate("GET", "/v1/history?limit=1", null)).path(0).path("serving").path("epoch").asLong();
        ok(operate("POST", "/v1/rollouts/" + id + "/abort", null));
        assertThat(ok(operate("GET", "/v1/history?limit=1", null)).path(0).path("serving").path("epoch").asLong()).isEqualTo(epoch);
    }

    @Test
    void failingCandidate_isTakenBackAndNoCustomerSeesIt() throws Exception {
        String version = registered(TestBundles.same(models(), "1.3.0"));
        webhookAway.set(3);
        double before = metrics.counter("doorstep.predictions.fallbacks", "model", version).count();
        String id = start(version, "canary", ",\"steps\":[{\"percent\":50,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(answeredBy(",\"customerKey\":\"" + UUID.randomUUID() + "\"")).isEqualTo("1.0.0");
            assertThat(state(id)).isEqualTo("rolled-back");
        });
        assertThat(metrics.counter("doorstep.predictions.fallbacks", "model", version).count()).isGreaterThan(before);
        JsonNode report = ok(operate("GET", "/v1/rollouts/" + id, null));
        assertThat(report.path("verdicts").path(0).path("check").asString()).isEqualTo("errors");
        assertThat(report.path("verdicts").path(0).path("result").asString()).isEqualTo("fail");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts).anyMatch(alert -> alert.contains("\"rolled-back\"")
                && alert.contains(version) && alert.contains(id) && alert.contains("errors")));
        assertThat(problem(operate("POST", "/v1/rollouts", rollout(version, "canary", "")), 409)).contains("MODEL_BLOCKED");
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    @Test
    void failingCandidate_isTakenBackWhileTheReplicaThatDecidesRestarts(@Autowired @Qualifier("automation") SmartLifecycle automation)
            throws Exception {
        String version = registered(TestBundles.same(models(), "1.3.0"));
        String id;
        try (ConfigurableApplicationContext other = secondReplica()) {
            // The lease goes to the other one, which keeps it until it ends.
            automation.stop();
            id = start(version, "canary", ",\"steps\":[{\"percent\":50,\"bake\":\"P1D\"}]");
            await().atMost(PATIENCE).until(() -> !other.getBean(ServingModels.class).lineup().trials().isEmpty());
            assertThat(state(id)).isEqualTo("canary");
            automation.start();
        }
        try (ConfigurableApplicationContext again = secondReplica()) {
            int there = Integer.parseInt(again.getEnvironment().getRequiredProperty("local.server.port"));
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(answeredBy(",\"customerKey\":\"" + UUID.randomUUID() + "\"")).isEqualTo("1.0.0");
                assertThat(answeredBy(there, "")).isEqualTo("1.0.0");
                assertThat(state(id)).isEqualTo("rolled-back");
            });
            await().atMost(PATIENCE).until(() -> again.getBean(ServingModels.class).lineup().trials().isEmpty());
            // Also where the same version failed in another rollout a moment ago.
            await().atMost(PATIENCE)
                    .until(() -> alerts.stream().anyMatch(alert -> alert.contains("\"rolled-back\"") && alert.contains(id)));
        }
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    @Test
    void replicaThatLosesTheCandidate_holdsUpTheNextStep() throws Exception {
        String digest = TestBundles.hasty(models(), next());
        String version = registered(digest);
        String id = start(version, "canary", ",\"steps\":[{\"percent\":10,\"bake\":\"P1D\"},{\"percent\":50,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("canary"));
        Path settings = models().resolve(digest).resolve("settings.json");
        String whole = Files.readString(settings);
        Files.writeString(settings, whole + " ");
        try (ConfigurableApplicationContext _ = secondReplica()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts)
                    .anyMatch(alert -> alert.contains("replica-cannot-prepare") && alert.contains(version)));
            assertThat(problem(operate("POST", "/v1/rollouts/" + id + "/promote", null), 409)).contains("its digest differs");
        }
        Files.writeString(settings, whole);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ok(operate("GET", "/v1/rollouts/" + id, null)).has("waitsFor")).isFalse());
        ok(operate("POST", "/v1/rollouts/" + id + "/promote", null));
    }

    @Test
    void rollbackAskedForTwice_takesBackTheCandidateAlone_andNeverToWhatIsGone() throws Exception {
        String active = madeActive(registered(TestBundles.same(models(), next())));
        assertThat(models.loaded()).as("the last good one stays").extracting(model -> model.ref().version()).containsExactlyInAnyOrder(
                active, "1.0.0");
        String next = madeActive(registered(TestBundles.same(models(), next())));
        assertThat(models.loaded()).as("and the one before it is let go").extracting(model -> model.ref().version())
                .containsExactlyInAnyOrder(next, active);
        ok(operate("POST", "/v1/rollbacks", "{\"to\":\"" + active + "\",\"reason\":\"a test\"}"));
        ok(operate("DELETE", "/v1/blocks/" + next, null));
        String digest = TestBundles.same(models(), next());
        String candidate = registered(digest);
        String id = start(candidate, "canary", ",\"steps\":[{\"percent\":50,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("canary"));
        assertThat(ok(operate("GET", "/v1/rollouts/" + id, null)).path("cohortsUntil").asLong())
                .as("orders of earlier trials say nothing of this one")
                .isGreaterThanOrEqualTo(LocalDate.now(Clock.systemUTC()).minusDays(2).toEpochDay());
        for (int i = 0; i < 3; i++) {
            JsonNode back = ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"slow\"}"));
            assertThat(back.path("active").path("version").asString()).isEqualTo(active);
            assertThat(back.path("blocked").propertyNames()).contains(candidate).doesNotContain(active);
            // Whatever else is decided in between.
            ok(operate("POST", "/v1/freeze", "{\"reason\":\"a test " + i + "\"}"));
        }
        ok(operate("DELETE", "/v1/freeze", null));
        // Where nothing can be loaded, the model that is to be left would go on answering.
        String gone = TestBundles.same(models(), next());
        String version = registered(gone);
        Files.move(models().resolve(gone), models().resolve("aside"));
        assertThat(problem(operate("POST", "/v1/rollbacks", "{\"to\":\"" + version + "\",\"reason\":\"x\"}"), 400))
                .contains("INVALID_MODEL", gone);
        Files.move(models().resolve("aside"), models().resolve(gone));
        assertThat(answeredBy("")).isEqualTo(active);
        ok(operate("DELETE", "/v1/blocks/" + candidate, null));
    }

    @Test
    void shadowThatFails_doesNotKeepAnyoneFromARollback() throws Exception {
        String active = madeActive(registered(TestBundles.same(models(), next())));
        String failing = registered(TestBundles.same(models(), "1.3.0"));
        String shadow = start(failing, "shadow", "");
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(state(shadow)).isEqualTo("rolled-back");
        });
        JsonNode back = ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"a bad Friday\"}"));
        assertThat(back.path("active").path("version").asString()).isEqualTo("1.0.0");
        ok(operate("DELETE", "/v1/blocks/" + active, null));
        ok(operate("DELETE", "/v1/blocks/" + failing, null));
    }

    @Test
    void storeTakesNoWrites_candidateThatFailsHere_isDroppedHere_andPeopleAreTold() throws Exception {
        String version = registered(TestBundles.same(models(), "1.3.0"));
        String id = start(version, "canary", ",\"steps\":[{\"percent\":100,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isIn("active", "canary", "rolled-back"));
        store.refuse("PutItem", 1, 400, "AccessDeniedException");
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(models.dropped()).containsKey(id);
        });
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts)
                .anyMatch(alert -> alert.contains("dropped-by-a-replica") && alert.contains(version) && alert.contains(id)));
        store.heal();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("rolled-back"));
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    /** In this process, with the settings of the first. */
    private ConfigurableApplicationContext secondReplica() {
        Stream<String> same = Stream.of("spring.kafka.bootstrap-servers", "doorstep.store.endpoint", "doorstep.rollout.models",
                "doorstep.rollout.poll", "doorstep.rollout.webhook", "spring.security.oauth2.resourceserver.jwt.audiences",
                "spring.security.oauth2.resourceserver.jwt.public-key-location")
                .map(property -> property + "=" + environment.getRequiredProperty(property));
        return SpringApplication.run(PredictionApplication.class,
                Stream.concat(same, Stream.of("doorstep.rollout.faults[0].version=1.3.0",
                        "doorstep.rollout.faults[0].error-share=1", "server.port=0", "management.server.port=0")).map("--"::concat)
                        .toArray(String[]::new));
    }

    @Test
    void freeze_inTheMiddle_letsNothingBeDecidedUntilItIsLifted() throws Exception {
        String version = registered(TestBundles.same(models(), "1.3.0"));
        String id = start(version, "canary", ",\"steps\":[{\"percent\":50,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("canary"));
        ok(operate("POST", "/v1/freeze", "{\"reason\":\"Black Friday\"}"));
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(ok(operate("GET", "/v1/rollouts/" + id, null)).path("verdicts").path(0).path("result").asString()).isEqualTo("fail");
        });
        // Two more looks, at which it would be taken back.
        JsonNode seen = ok(operate("GET", "/v1/rollouts/" + id, null)).path("seen");
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(ok(operate("GET", "/v1/rollouts/" + id, null)).path("seen")).isNotEqualTo(seen);
        });
        assertThat(state(id)).isEqualTo("canary");
        assertThat(ok(operate("GET", "/v1/history?limit=1", null)).path(0).path("action").asString()).isEqualTo("frozen");
        ok(operate("DELETE", "/v1/freeze", null));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("rolled-back"));
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    @ParameterizedTest
    @CsvSource({"1.3.0, errors", "1.4.0, latency"})
    void storeAway_candidateThatFailsHere_isDroppedHere(String candidate, String check) throws Exception {
        String version = registered(TestBundles.same(models(), candidate));
        ok(operate("POST", "/v1/freeze", "{\"reason\":\"nobody else decides\"}"));
        String id = start(version, "canary", ",\"steps\":[{\"percent\":100,\"bake\":\"P1D\"}]");
        // Frozen automation does not begin it, a person does.
        assertThat(problem(operate("POST", "/v1/rollouts/" + id + "/promote", null), 409)).contains("preparing");
        ok(operate("DELETE", "/v1/freeze", null));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isIn("active", "canary", "rolled-back"));
        store.stall();
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(answeredBy("")).isEqualTo("1.0.0");
            assertThat(models.dropped()).hasSize(1).hasEntrySatisfying(id, why -> assertThat(why).contains(check));
        });
        store.heal();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("rolled-back"));
        assertThat(ok(operate("GET", "/v1/history?limit=1", null)).path(0).path("reason").asString()).contains("failed: " + check);
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    @Test
    void storeStalls_lookUpsGiveUpAfterTheirOwnTimeAndNotThatOfPromises() {
        store.stall();
        assertThatThrownBy(() -> features.session("nobody")).isInstanceOf(ApiCallTimeoutException.class).hasMessageContaining("250 millis");
    }

    @Test
    void twoOperatorsAtOnce_oneWins() throws Exception {
        String one = registered(TestBundles.hasty(models(), next()));
        String two = registered(TestBundles.hasty(models(), next()));
        CompletableFuture<Integer> first = CompletableFuture.supplyAsync(() -> status(rollout(one, "canary", "")));
        CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> status(rollout(two, "canary", "")));
        assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(201, 409);
    }

    @Test
    void safeMode_pinsAnswersUntilItsEnd() throws Exception {
        Instant until = Clock.systemUTC().instant().plusSeconds(3600);
        ok(operate("POST", "/v1/safe-mode", "{\"basis\":\"carrier-table\",\"until\":\"" + until + "\",\"reason\":\"storm\"}"));
        JsonNode pinned = ok(predict(""));
        assertThat(pinned.path("basis").asString()).isEqualTo("carrier-table");
        assertThat(pinned.path("reasonCodes").toString()).contains("SAFE_MODE");
        ok(operate("POST", "/v1/safe-mode", "{\"basis\":\"region-model\",\"until\":\"" + until + "\",\"reason\":\"storm\"}"));
        assertThat(ok(predict("")).path("basis").asString()).isEqualTo("region-model");
        ok(operate("POST", "/v1/safe-mode", "{\"basis\":\"calendar\",\"until\":\"" + until + "\",\"reason\":\"storm\"}"));
        assertThat(ok(predict("")).path("basis").asString()).isEqualTo("calendar");
        Instant soon = Clock.systemUTC().instant().plusMillis(700);
        ok(operate("POST", "/v1/safe-mode", "{\"basis\":\"calendar\",\"until\":\"" + soon + "\",\"reason\":\"storm\"}"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(ok(predict("")).path("basis").asString()).isEqualTo("lane-model"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"region-model", "carrier-table", "calendar"})
    void promiseOfSafeMode_isReplayedAsItWasMade(String basis) throws Exception {
        Instant until = Clock.systemUTC().instant().plusSeconds(3600);
        ok(operate("POST", "/v1/safe-mode", "{\"basis\":\"" + basis + "\",\"until\":\"" + until + "\",\"reason\":\"storm\"}"));
        String token = ok(predict("")).path("token").asString();
        String promises = "http://localhost:" + port + "/v1/promises";
        String promiseId = ok(send("POST", promises, null, SERVER_KEY,
                "{\"token\":\"" + token + "\",\"orderId\":\"safe-" + basis + "\"}")).path("promiseId").asString();
        ok(operate("DELETE", "/v1/safe-mode", null));
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode replay = ok(send("GET", promises + "/" + promiseId + "/replay", null, SERVER_KEY, null));
            assertThat(replay.path("identical").asBoolean()).as(replay.toString()).isTrue();
            assertThat(replay.path("replayed").path("basis").asString()).isEqualTo(basis);
        });
    }

    @Test
    void candidateThatPromisesMuchLater_isTakenBackByRecentRequestsBeforeItAnswersAny() throws Exception {
        String active = madeActive(registered(TestBundles.same(models(), next())));
        // One in 16 is kept.
        askedFor(4_000);
        String version = registered(TestBundles.timid(models(), next()));
        String id = start(version, "blue-green", AT_ONCE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("rolled-back"));
        JsonNode last = ok(operate("GET", "/v1/history?limit=1", null)).path(0);
        assertThat(last.path("action").asString()).isEqualTo("rolled-back");
        assertThat(last.path("reason").asString()).contains("promised-days");
        assertThat(last.path("figures").valueStream().filter(each -> each.path("check").asString().equals("promised-days")).findFirst())
                .get().satisfies(figure -> {
                    assertThat(figure.path("count").asLong()).isGreaterThanOrEqualTo(200);
                    assertThat(figure.path("value").asDouble()).isGreaterThan(0.5);
                });
        JsonNode before = ok(operate("GET", "/v1/history?limit=2", null)).path(1);
        assertThat(before.path("action").asString()).as("it was not even prepared").isEqualTo("started");
        // It answered nobody, so that whoever asks for a rollback now means the active model.
        assertThat(ok(operate("POST", "/v1/rollbacks", "{\"reason\":\"a bad Friday\"}")).path("active").path("version").asString())
                .isEqualTo("1.0.0");
        ok(operate("DELETE", "/v1/blocks/" + active, null));
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    @Test
    void version_ofOnesChoice_needsAKeyAndIsLoaded() throws Exception {
        String version = registered(TestBundles.hasty(models(), next()));
        String id = start(version, "shadow", "");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("shadow"));
        String path = "http://localhost:" + port + "/v1/models/" + version + "/predictions";
        assertThat(problem(send("POST", path, null, null, ORDER.formatted("")), 401)).contains("X-Api-Key");
        assertThat(ok(send("POST", path, null, SERVER_KEY, ORDER.formatted(""))).path("model").path("version").asString())
                .isEqualTo(version);
        assertThat(problem(send("POST", path.replace(version, "7.7.7"), null, SERVER_KEY, ORDER.formatted("")), 404)).contains("7.7.7");
        assertThat(answeredBy("")).isEqualTo("1.0.0");
    }

    @Test
    void replicaThatCantPrepare_blocksThePromotionAndRaisesAnAlert() throws Exception {
        String digest = TestBundles.hasty(models(), next());
        String version = registered(digest);
        Path settings = models().resolve(digest).resolve("settings.json");
        Files.writeString(settings, Files.readString(settings) + " ");
        String id = start(version, "blue-green", AT_ONCE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts).anyMatch(alert -> alert.contains("replica-cannot-prepare")
                && alert.contains("settings.json") && alert.contains("its digest differs")));
        assertThat(state(id)).isEqualTo("preparing");
        assertThat(answeredBy("")).isEqualTo("1.0.0");
        assertThat(ok(operate("GET", "/v1/rollouts/" + id, null)).path("waitsFor").asString()).contains("its digest differs");
        // A rollback is not held up by it.
        String whole = registered(TestBundles.same(models(), next()));
        ok(operate("POST", "/v1/rollbacks", "{\"to\":\"" + whole + "\",\"reason\":\"away\"}"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(answeredBy("")).isEqualTo(whole));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            1.0.1 | 1.1.0 or later
                                            0.9.0 | 1.1.0 or later
                                            one   | MAJOR.MINOR.PATCH
                                            1.0.0 | is another bundle already
                                            """)
    void version_thatSaysLessThanWhatChanged_isRefused(String version, String message) throws Exception {
        String digest = TestBundles.other(models(), version);
        assertThat(problem(operate("POST", "/v1/models", "{\"digest\":\"" + digest + "\"}"), 409)).contains("MODEL_CONFLICT", message);
        JsonNode entered = ok(operate("GET", "/v1/models/" + version, null));
        if (version.equals("1.0.0")) {
            assertThat(entered.path("state").asString()).as("that of before").isEqualTo("active");
        } else {
            assertThat(entered.path("state").asString()).isEqualTo("rejected");
            assertThat(entered.path("reason").asString()).contains(message);
            JsonNode entry = ok(operate("GET", "/v1/history?limit=1", null)).path(0);
            assertThat(entry.path("action").asString()).isEqualTo("rejected");
            assertThat(entry.path("reason").asString()).contains(version, digest, message);
            assertThat(entry.path("actor").asString()).isEqualTo("demo");
        }
    }

    @Test
    void damagedBundle_isEnteredAsRejected_andTheWholeOneTakesItsPlace() throws Exception {
        String digest = TestBundles.hasty(models(), "1.11.0");
        Path forest = models().resolve(digest).resolve("model.txt");
        String whole = Files.readString(forest);
        Files.writeString(forest, whole.replaceFirst("leaf_value=", "leaf_value=9"));
        assertThat(problem(operate("POST", "/v1/models", "{\"digest\":\"" + digest + "\"}"), 400)).contains("model.txt",
                "its digest differs");
        JsonNode entered = ok(operate("GET", "/v1/models/1.11.0", null));
        assertThat(entered.path("state").asString()).isEqualTo("rejected");
        assertThat(entered.path("reason").asString()).contains("model.txt");
        assertThat(problem(operate("POST", "/v1/rollouts", rollout("1.11.0", "canary", "")), 409)).contains("rejected");
        Files.writeString(forest, whole);
        assertThat(registered(digest)).isEqualTo("1.11.0");
        // What can't be reached is not therefore bad: a folder has no bytes.
        String unread = TestBundles.hasty(models(), "1.11.1");
        Path settings = models().resolve(unread).resolve("settings.json");
        Path aside = Files.move(settings, models().resolve(unread).resolve("aside"));
        Files.createDirectory(settings);
        assertThat(problem(operate("POST", "/v1/models", "{\"digest\":\"" + unread + "\"}"), 400)).contains("settings.json");
        problem(operate("GET", "/v1/models/1.11.1", null), 404);
        Files.delete(settings);
        Files.move(aside, settings);
        assertThat(registered(unread)).isEqualTo("1.11.1");
        assertThat(ok(operate("GET", "/v1/models/1.11.0", null)).path("state").asString()).isEqualTo("registered");
    }

    /** Whole by its digests, and grown for something else. */
    @Test
    void bundleThatCantServe_isEnteredAsRejected_withItsReason() throws Exception {
        String version = next();
        String body = "{\"digest\":\"" + TestBundles.grownForSomethingElse(models(), version) + "\"}";
        assertThat(problem(operate("POST", "/v1/models", body), 400)).contains("INVALID_MODEL", "objective");
        assertThat(listed(version)).isEqualTo("rejected");
        assertThat(ok(operate("GET", "/v1/models/" + version, null)).path("reason").asString()).contains("regression");
        assertThat(ok(operate("GET", "/v1/history?limit=1", null)).path(0).path("action").asString()).isEqualTo("rejected");
    }

    @Test
    void twoShadows_forecastTheSameOrders_untilALinearRolloutReachesItsEnd() throws Exception {
        List<String> shadows = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            String shadowed = registered(TestBundles.same(models(), next()));
            assertThat(listed(shadowed)).isEqualTo("registered");
            shadows.add(start(shadowed, "shadow", ""));
            assertThat(listed(shadowed)).isEqualTo("shadow");
        }
        for (String shadow : shadows) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                askedFor(100);
                JsonNode errors = ok(operate("GET", "/v1/rollouts/" + shadow, null)).path("verdicts").path(0);
                assertThat(errors.path("check").asString()).isEqualTo("errors");
                assertThat(errors.path("result").asString()).isEqualTo("pass");
                assertThat(errors.path("count").asLong()).isGreaterThanOrEqualTo(200);
            });
        }
        assertThat(answeredBy("")).isEqualTo("1.0.0");
        String version = registered(TestBundles.same(models(), next()));
        String linear = start(version, "linear",
                ",\"steps\":[{\"percent\":50,\"bake\":\"PT2S\"},{\"percent\":75,\"bake\":\"PT2S\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> {
            askedFor(100);
            assertThat(state(linear)).isEqualTo("active");
        });
        assertThat(answeredBy("")).isEqualTo(version);
        List<JsonNode> entries = ok(operate("GET", "/v1/history?limit=20", null)).valueStream()
                .filter(each -> each.path("rolloutId").asString().equals(linear)).toList();
        assertThat(entries).extracting(each -> each.path("action").asString()).containsExactly("advanced", "advanced", "prepared",
                "started");
        List<Instant> times = entries.stream().map(each -> each.path("serving").path("rollouts").valueStream()
                .filter(rollout -> rollout.path("rolloutId").asString().equals(linear)).findFirst().orElseThrow())
                .map(rollout -> Instant.parse(rollout.path("since").asString())).toList();
        for (int i = 0; i < 2; i++) {
            assertThat(Duration.between(times.get(i + 1), times.get(i))).as("baked").isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        }
        // They were compared with the model before.
        for (String shadow : shadows) {
            assertThat(state(shadow)).isEqualTo("aborted");
        }
    }

    @Test
    void moreThanAShadowCanForecast_isDroppedAndCounted_andAllIsAnswered() throws Exception {
        String version = registered(TestBundles.same(models(), "1.4.0"));
        String id = start(version, "shadow", "");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("shadow"));
        // Nobody takes it back for being slow.
        ok(operate("POST", "/v1/freeze", "{\"reason\":\"a slow shadow\"}"));
        await().atMost(PATIENCE).until(() -> metrics.get("doorstep.rollout.shadow.waiting").gauge().value() == 0);
        double dropped = shadows("dropped");
        double run = shadows("run");
        askedFor(1_000);
        assertThat(shadows("dropped")).isGreaterThan(dropped);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shadows("dropped") - dropped + shadows("run") - run).isEqualTo(1_000));
        ok(operate("DELETE", "/v1/blocks/" + version, null));
    }

    private double shadows(String result) {
        return metrics.counter("doorstep.rollout.shadow", "result", result).count();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            POST | /v1/models     | {"digest":"../../etc"}                                                     | 400 | digest
                                            POST | /v1/models     | {"digest":"0000000000000000000000000000000000000000000000000000000000000000"} | 400 | manifest.json
                                            POST | /v1/rollouts   | {"version":"9.9.9","strategy":"canary"}                                    | 404 | version
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"canary"}                                    | 409 | active one already
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"hope"}                                      | 400 | strategy
                                            POST | /v1/rollouts   | {"strategy":"canary"}                                                      | 400 | version
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"canary","steps":[{"percent":0,"bake":"PT1S"}]} | 400 | steps[0].percent
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"canary","steps":[{"percent":5}]}            | 400 | steps[0].bake
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"canary","steps":[null]}                      | 400 | steps[0]
                                            POST | /v1/rollouts   | {"version":"1.0.0","strategy":"shadow","steps":[{"percent":5,"bake":"PT1S"}]} | 400 | a shadow has none
                                            POST | /v1/rollbacks  | {"to":"9.9.9","reason":"x"}                                                | 404 | to
                                            POST | /v1/rollbacks  | {"to":"1.0.0"}                                                             | 400 | reason
                                            POST | /v1/safe-mode  | {"basis":"lane-model","until":"2999-01-01T00:00:00Z","reason":"x"}         | 400 | basis
                                            POST | /v1/safe-mode  | {"basis":"calendar","until":"2020-01-01T00:00:00Z","reason":"x"}           | 400 | until
                                            POST | /v1/freeze     | {"reason":" "}                                                             | 400 | reason
                                            POST | /v1/rollouts/none/promote | {}                                                              | 404 | rolloutId
                                            GET  | /v1/models/9.9.9 |                                                                          | 404 | version
                                            GET  | /v1/history?limit=0 |                                                                       | 400 | limit
                                            GET  | /v1/history?at=yesterday |                                                                  | 400 | at
                                            """)
    void badRequest_namesTheField(String method, String path, @Nullable String body, int status, String field) throws Exception {
        assertThat(problem(operate(method, path, body), status)).contains(field);
    }

    @Test
    void everyChange_standsInTheHistory_withWhoAskedForItByWhichRequest() throws Exception {
        String digest = TestBundles.same(models(), next());
        String version = asked("registered", "POST", "/v1/models", "{\"digest\":\"" + digest + "\"}").path("version").asString();
        String rollouts = "/v1/rollouts/";
        String canary = rollout(version, "canary", ",\"steps\":[{\"percent\":10,\"bake\":\"P1D\"},{\"percent\":50,\"bake\":\"P1D\"}]");
        String first = asked("started", "POST", "/v1/rollouts", canary).path("rollout").path("rolloutId").asString();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(first)).isEqualTo("canary"));
        asked("promoted", "POST", rollouts + first + "/promote", null);
        asked("paused", "POST", rollouts + first + "/pause", null);
        asked("aborted", "POST", rollouts + first + "/abort", null);
        String second = start(version, "canary", ",\"steps\":[{\"percent\":10,\"bake\":\"P1D\"}]");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(second)).isEqualTo("canary"));
        asked("rolled-back", "POST", "/v1/rollbacks", "{\"reason\":\"a test\"}");
        asked("cleared", "DELETE", "/v1/blocks/" + version, null);
        asked("safe-mode-on", "POST", "/v1/safe-mode",
                "{\"basis\":\"calendar\",\"until\":\"" + Clock.systemUTC().instant().plusSeconds(600) + "\",\"reason\":\"storm\"}");
        asked("safe-mode-off", "DELETE", "/v1/safe-mode", null);
        asked("frozen", "POST", "/v1/freeze", "{\"reason\":\"a test\"}");
        asked("unfrozen", "DELETE", "/v1/freeze", null);
    }

    /** Asks for a change and looks it up; the answer. */
    private JsonNode asked(String action, String method, String path, @Nullable String body) throws Exception {
        String requestId = "change-" + action;
        JsonNode answer = ok(TestHttp.send(method, "http://localhost:" + managementPort + path, body, "Authorization",
                "Bearer " + operator.token(), "X-Request-Id", requestId));
        JsonNode entry = ok(operate("GET", "/v1/history?limit=1", null)).path(0);
        assertThat(entry.path("action").asString()).isEqualTo(action);
        assertThat(entry.path("actor").asString()).isEqualTo("demo");
        assertThat(entry.path("requestId").asString()).isEqualTo(requestId);
        return answer;
    }

    /** A registration that the store doesn't take whole is none, and the next one stands in the history. */
    @Test
    void storeThatTakesNoChanges_registersNothing_andTheNextTryIsInTheHistory() throws Exception {
        String version = next();
        String body = "{\"digest\":\"" + TestBundles.same(models(), version) + "\"}";
        store.refuse("TransactWriteItems", 1, 400, "AccessDeniedException");
        problem(operate("POST", "/v1/models", body), 503);
        problem(operate("GET", "/v1/models/" + version, null), 404);
        store.heal();
        assertThat(asked("registered", "POST", "/v1/models", body).path("version").asString()).isEqualTo(version);
    }

    @Test
    void operatorsApi_isClosedToAllOthers() throws Exception {
        Instant soon = Clock.systemUTC().instant().plusSeconds(600);
        assertThat(models(operator.signed("operator", "doorstep", soon))).isEqualTo(200);
        assertThat(models(operator.signed("operator", "somebody else", soon))).as("wrong audience").isEqualTo(401);
        assertThat(models(operator.signed("operator", "doorstep", soon.minusSeconds(86_400)))).as("expired").isEqualTo(401);
        assertThat(models(operator.signed("viewer", "doorstep", soon))).as("wrong role").isEqualTo(403);
        assertThat(models("none")).isEqualTo(401);
        String auditor = operator.signed("auditor", "doorstep", soon);
        for (String path : List.of("/v1/models", "/v1/history", "/v1/rollouts", "/v1/drift")) {
            assertThat(send("GET", "http://localhost:" + managementPort + path, auditor, null, null).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/v1/rollbacks", "/v1/freeze", "/v1/safe-mode", "/v1/models", "/v1/rollouts")) {
            assertThat(problem(send("POST", "http://localhost:" + managementPort + path, auditor, null, "{}"), 403)).as(path)
                    .contains("operator");
        }
        for (String path : List.of("/v1/freeze", "/v1/safe-mode", "/v1/blocks/1.0.0")) {
            problem(send("DELETE", "http://localhost:" + managementPort + path, auditor, null, null), 403);
        }
        for (String path : List.of("/v1/models", "/v1/history", "/v1/rollouts", "/v1/drift")) {
            assertThat(send("GET", "http://localhost:" + managementPort + path, null, null, null).statusCode()).isEqualTo(401);
            assertThat(send("GET", "http://localhost:" + port + path, operator.token(), SERVER_KEY, null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void drift_isSeenInWhatIsAsked_andPeopleAreTold(@Autowired @Qualifier("automation") SmartLifecycle automation) throws Exception {
        String candidate = registered(TestBundles.hasty(models(), next()));
        String id = start(candidate, "shadow", "");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("shadow"));
        askedFor(2_400);
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode report = ok(operate("GET", "/v1/drift", null));
            assertThat(report.path("version").asString()).isEqualTo("1.0.0");
            assertThat(report.path("count").asLong()).isGreaterThanOrEqualTo(200);
            assertThat(report.path("result").asString()).isEqualTo("fail");
            // All by one service to one place: that is not what the shop was trained with.
            assertThat(report.path("features").valueStream().filter(feature -> feature.path("drifted").asBoolean())
                    .map(feature -> feature.path("feature").asString())).contains("service", "destination_region", "distance_km");
            assertThat(report.path("features").valueStream().map(feature -> feature.path("feature").asString()))
                    .as("clocks always move").doesNotContain("day_of_year", "hour_of_day");
            JsonNode loss = report.path("estimatedLoss");
            assertThat(loss.path("blindTo").asString()).isEqualTo("concept drift");
            assertThat(loss.path("days").asDouble()).isBetween(loss.path("low").asDouble(), loss.path("high").asDouble());
        });
        assertThat(ok(operate("GET", "/v1/drift/1.0.0", null)).path("count").asLong()).isPositive();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(ok(operate("GET", "/v1/drift/" + candidate, null)).path("count").asLong())
                .as("the candidate is seen before it answers anyone").isPositive());
        assertThat(problem(operate("GET", "/v1/drift/9.9.9", null), 404)).contains("version");
        // Whoever takes over decisions looks at drift at once, and nothing is taken back for it.
        automation.stop();
        try (ConfigurableApplicationContext _ = secondReplica()) {
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(alerts)
                    .anyMatch(alert -> alert.contains("\"drift\"") && alert.contains("1.0.0") && alert.contains("features have drifted")));
        }
        automation.start();
        assertThat(answeredBy("")).isEqualTo("1.0.0");
    }

    /** Asks for a date so many hundred times. */
    private void askedFor(int orders) throws Exception {
        String order = ORDER.formatted(",\"services\":[\"overnight\"],\"id\":\"one\"");
        String batch = "{\"requests\":[" + String.join(",", Collections.nCopies(100, order)) + "]}";
        for (int i = 0; i < orders / 100; i++) {
            JsonNode results = ok(send("POST", "http://localhost:" + port + "/v1/predictions/batch", null, null, batch)).path("results");
            assertThat(results).hasSize(100).allSatisfy(result -> assertThat(result.has("prediction")).as(result.toString()).isTrue());
        }
    }

    private int models(String token) throws Exception {
        return send("GET", "http://localhost:" + managementPort + "/v1/models", token, null, null).statusCode();
    }

    private static Path models() {
        return directory.resolve("models");
    }

    /** A version that no test has used. */
    private static synchronized String next() {
        return "1.10." + patch++;
    }

    private String registered(String digest) throws Exception {
        return ok(operate("POST", "/v1/models", "{\"digest\":\"" + digest + "\"}")).path("version").asString();
    }

    private static String rollout(String version, String strategy, String steps) {
        return "{\"version\":\"" + version + "\",\"strategy\":\"" + strategy + "\"" + steps + "}";
    }

    private String start(String version, String strategy, String steps) throws Exception {
        return ok(operate("POST", "/v1/rollouts", rollout(version, strategy, steps))).path("rollout").path("rolloutId").asString();
    }

    /** Makes a version the active one; the version. */
    private String madeActive(String version) throws Exception {
        String id = start(version, "blue-green", AT_ONCE);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(state(id)).isEqualTo("active"));
        return version;
    }

    /** The state of a version in the list of all. */
    private String listed(String version) throws Exception {
        return ok(operate("GET", "/v1/models", null)).valueStream().filter(model -> model.path("version").asString().equals(version))
                .findFirst().orElseThrow().path("state").asString();
    }

    private String state(String id) throws Exception {
        return ok(operate("GET", "/v1/rollouts/" + id, null)).path("rollout").path("state").asString();
    }

    private String answeredBy(String more) throws Exception {
        return answeredBy(port, more);
    }

    private String answeredBy(int replica, String more) throws Exception {
        return ok(predict(replica, more)).path("model").path("version").asString();
    }

    private HttpResponse<String> predict(String more) throws Exception {
        return predict(port, more);
    }

    private static HttpResponse<String> predict(int replica, String more) throws Exception {
        return send("POST", "http://localhost:" + replica + "/v1/predictions", null, null, ORDER.formatted(more));
    }

    private int status(String rollout) {
        try {
            return operate("POST", "/v1/rollouts", rollout).statusCode();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> operate(String method, String path, @Nullable String body) throws Exception {
        return send(method, "http://localhost:" + managementPort + path, operator.token(), null, body);
    }

    private static HttpResponse<String> send(String method, String url, @Nullable String token, @Nullable String key,
            @Nullable String body) throws Exception {
        List<String> headers = new ArrayList<>();
        if (token != null) {
            headers.addAll(List.of("Authorization", "Bearer " + token));
        }
        if (key != null) {
            headers.addAll(List.of("X-Api-Key", key));
        }
        return TestHttp.send(method, url, body, headers.toArray(String[]::new));
    }

    private JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return json.readTree(response.body());
    }

    private static String problem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return response.body();
    }
}
