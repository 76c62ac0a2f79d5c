package dev.doorstep.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.StoreClient;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.Ports;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Source;
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
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way through the shipped jars on real Kafka and DynamoDB Local, each a process that can be killed. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EndToEndTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int SESSIONS = 200;
    private static final int EVENTS = 20_000;
    private static final long AT = 1731880381293L;
    private static final String ORDER = """
                                        {"destination": {"country": "US", "postalCode": "94110"}, "items": [{"sku": "LMP-2041", "quantity": 1}]}""";

    @TempDir
    static Path directory;

    private static Stack stack;
    private static DynamoDbClient client;
    private static FeatureReader reader;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    static void startStack() {
        stack = Stack.start(
                new StackSettings(Project.prepared(), directory, true, 1000, false, null, Set.of(Source.ELASTICSEARCH), Map.of()),
                (_, _) -> {
                });
        StoreSettings settings = new StoreSettings(URI.create(stack.dynamoDb().endpoint()), "eu-central-1", "doorstep", false,
                Duration.ofSeconds(10), Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
        client = StoreClient.patient(settings);
        reader = new FeatureReader(client, settings);
    }

    @AfterAll
    static void stopStack() {
        client.close();
        stack.close();
    }

    @Test
    void featureServiceKilledInTheMiddleOf20000Events_countsEachOnce() throws Exception {
        // 1. 20,000 events of 200 sessions and 10 products go in.
        for (int from = 0; from < EVENTS; from += 2_000) {
            assertThat(post(Service.INGEST, "/v1/events", events("kill-", from, from + 2_000)).statusCode()).isEqualTo(202);
        }
        // 2. Once some of them are applied, feature-service is killed, twice.
        for (int kill = 1; kill <= 2; kill++) {
            long enough = kill * 3_000L;
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> applied("kill-") >= enough);
            stack.process(Service.FEATURE).kill();
            assertThat(applied("kill-")).isLessThan(EVENTS);
            stack.restart(Service.FEATURE);
        }
        // 3. In the end every event counts exactly once, in its session and in its product's counter.
        await().atMost(PATIENCE).until(() -> applied("kill-") == EVENTS);
        for (int session = 0; session < SESSIONS; session++) {
            SessionState state = Objects.requireNonNull(reader.session("kill-s" + session));
            assertThat(state.views()).isEqualTo(EVENTS / SESSIONS);
        }
        long counted = 0;
        for (int sku = 0; sku < 10; sku++) {
            Demand demand = reader.demand("sku#kill-sku" + sku, AT + 3_600_000, Duration.ofHours(2));
            assertThat(demand).isEqualTo(new Demand(EVENTS / 10, 0, 0));
            counted += demand.views();
        }
        assertThat(counted).isEqualTo(EVENTS);
        // 4. Sending a part of them again changes nothing; a marker behind them shows that they were looked at.
        assertThat(post(Service.INGEST, "/v1/events", events("kill-", 0, 2_000)).statusCode()).isEqualTo(202);
        assertThat(post(Service.INGEST, "/v1/events", events("marker-", 0, SESSIONS)).statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> applied("marker-") == SESSIONS);
        assertThat(applied("kill-")).isEqualTo(EVENTS);
    }

    @Test
    void searched_documentInTheIndex_reachesFeaturesAndLedger() throws Exception {
        try (Outlet index = stack.outlet(Source.ELASTICSEARCH)) {
            assertThat(index
                    .send(List.of(("{\"_id\":\"searched\",\"_source\":{\"createdDateTime\":" + AT + "}}").getBytes(StandardCharsets.UTF_8)))
                    .cardinality()).isEqualTo(1);
        }
        await().atMost(PATIENCE).until(() -> reader.event("searched") != null);
        assertThat(stack.ledger().path("sources").path("elasticsearch").path("received").asLong()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void promise_survivesTheDeathOfEverythingRightAfterIts201() throws Exception {
        String token = json.readTree(post(Service.PREDICTION, "/v1/predictions", ORDER).body()).path("token").asString();
        HttpResponse<String> promised = post(Service.PREDICTION, "/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"survivor\"}");
        assertThat(promised.statusCode()).isEqualTo(201);
        // 1. Both the service and the store are killed at once.
        stack.dynamoDb().betweenWrites(stack.dynamoDb().process()::kill);
        stack.process(Service.PREDICTION).kill();
        // 2. Both come back.
        stack.dynamoDb().restart();
        stack.restart(Service.PREDICTION);
        // 3. The promise is there, byte for byte, and the same request gives it again.
        String location = promised.headers().firstValue("Location").orElseThrow();
        assertThat(get(stack.url(Service.PREDICTION) + location).body()).isEqualTo(promised.body());
        assertThat(post(Service.PREDICTION, "/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"survivor\"}").body())
                .isEqualTo(promised.body());
    }

    @Test
    void outcome_sentTwice_reachesItsPromiseOnce_andBothStandInTheLedger() throws Exception {
        JsonNode before = stack.ledger().path("outcomes");
        String token = json.readTree(post(Service.PREDICTION, "/v1/predictions", ORDER).body()).path("token").asString();
        JsonNode promise = json.readTree(
                post(Service.PREDICTION, "/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"delivered\"}").body());
        String outcome = "{\"outcomeId\":\"scan-1\",\"promiseId\":\"" + promise.path("promiseId").asString()
                + "\",\"type\":\"delivered\",\"occurredAt\":\"" + Clock.systemUTC().instant() + "\"}";
        assertThat(post(Service.INGEST, "/v1/outcomes", outcome).statusCode()).isEqualTo(202);
        assertThat(post(Service.INGEST, "/v1/outcomes", outcome).statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).untilAsserted(() -> {
            JsonNode after = stack.ledger().path("outcomes");
            assertThat(after.path("received").asLong() - before.path("received").asLong()).isEqualTo(2);
            assertThat(after.path("applied").asLong() - before.path("applied").asLong()).isEqualTo(1);
            assertThat(after.path("duplicate").asLong() - before.path("duplicate").asLong()).isEqualTo(1);
            assertThat(after.path("inFlight").asLong()).isZero();
        });
        assertThat(get(stack.url(Service.PREDICTION) + "/v1/promises/" + promise.path("promiseId").asString() + "/outcome").body())
                .contains("\"DELIVERED\"");
    }

    @Test
    void conflict_repairedAndReplayed_isAppliedOnce() throws Exception {
        // 1. The same id with other content becomes a dead letter of feature-service.
        String first = "{\"_id\":\"conflict-1\",\"_source\":{\"createdDateTime\":1,\"sessionId\":\"conflict-s\"}}";
        assertThat(post(Service.INGEST, "/v1/events", first).statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> reader.event("conflict-1") != null);
        assertThat(post(Service.INGEST, "/v1/events", first.replace(":1,", ":2,")).statusCode()).isEqualTo(202);
        String letters = stack.managementUrl(Service.INGEST) + "/v1/dead-letters";
        await().atMost(PATIENCE).until(() -> operate("GET", letters + "?reason=ID_CONFLICT", "").path("deadLetters").size() == 1);
        String id = operate("GET", letters + "?reason=ID_CONFLICT", "").path("deadLetters").path(0).path("id").asString();
        assertThat(operate("GET", letters + "/" + id, "").path("value").asString()).isEqualTo("conflict-1");
        // 2. Replayed as it is, it fails again, and is still one letter.
        replay(letters, id);
        await().atMost(PATIENCE).until(() -> operate("GET", letters + "/" + id, "").path("status").asString().equals("failed"));
        assertThat(operate("GET", letters + "?reason=ID_CONFLICT", "").path("deadLetters")).hasSize(1);
        // 3. With an id of its own it is applied, and replaying that again changes nothing.
        operate("PATCH", letters + "/" + id, "[{\"op\":\"replace\",\"path\":\"/id\",\"value\":\"conflict-2\"}]");
        replay(letters, id);
        await().atMost(PATIENCE).until(() -> reader.event("conflict-2") != null);
        replay(letters, id);
        await().atMost(PATIENCE).until(() -> stack.ledger().path("sources")
                .path("replay").path("duplicate").asLong() == 1);
        assertThat(Objects.requireNonNull(reader.session("conflict-s")).events()).isEqualTo(2);
        assertThat(operate("GET", letters + "/" + id, "").path("status").asString()).isEqualTo("replayed");
        JsonNode ledger = stack.ledger();
        assertThat(ledger.path("balanced").asBoolean()).as(ledger.toString()).isTrue();
    }

    @Test
    void subject_erased_isInNoStoreAnyMore() throws Exception {
        String key = "customer-to-be-erased";
        // 1. Events, a promise, and a document that can't be used, all of one customer.
        post(Service.INGEST, "/v1/events",
                "{\"_id\":\"erased-1\",\"_source\":{\"createdDateTime\":1,\"sessionId\":\"session-to-be-erased\",\"customerKey\":\"" + key
                        + "\"}}\n{\"_id\":\"erased-2\",\"_source\":{\"customerKey\":\"" + key + "\"}}\n");
        String token = json
                .readTree(post(Service.PREDICTION, "/v1/predictions", ORDER.replaceFirst("\\{", "{\"customerKey\":\"" + key + "\","))
                        .body())
                .path("token").asString();
        HttpResponse<String> promised = post(Service.PREDICTION, "/v1/promises",
                "{\"token\":\"" + token + "\",\"orderId\":\"order-to-be-erased\"}");
        String promise = stack.url(Service.PREDICTION) + promised.headers().firstValue("Location").orElseThrow();
        await().atMost(PATIENCE).until(() -> reader.session("session-to-be-erased") != null);
        // 2. One request erases all of it.
        JsonNode erased = operate("DELETE", stack.managementUrl(Service.INGEST) + "/v1/subjects/" + key, "");
        assertThat(erased.path("events").asLong()).isEqualTo(1);
        assertThat(erased.path("sessions").asLong()).isEqualTo(1);
        assertThat(erased.path("promises").asLong()).isEqualTo(1);
        assertThat(erased.path("deadLetters").asLong()).isEqualTo(1);
        assertThat(get(promise).statusCode()).isEqualTo(410);
        // 3. A search of every table finds neither key nor digest, session or order.
        for (String table : List.of("doorstep-features", "doorstep-promises", "doorstep-dead-letters")) {
            client.scanPaginator(request -> request.tableName(table)).items().forEach(item -> assertThat(item.toString())
                    .doesNotContain("to-be-erased", Objects.requireNonNull(Subject.of(key))));
        }
        await().atMost(PATIENCE).until(
                () -> get(stack.url(Service.FEATURE) + "/v1/sessions/session-to-be-erased/features").statusCode() == 404);
        // 4. The same event again is still a duplicate.
        post(Service.INGEST, "/v1/events", "{\"_id\":\"erased-1\",\"_source\":{\"createdDateTime\":1,"
                + "\"sessionId\":\"session-to-be-erased\",\"customerKey\":\"" + key + "\"}}\n");
        await().atMost(PATIENCE).until(() -> stack.ledger().path("total")
                .path("inFlight").asLong() == 0);
        assertThat(reader.session("session-to-be-erased")).isNull();
    }

    private void replay(String letters, String id) throws Exception {
        String replay = letters + "/replays/"
                + operate("POST", letters + "/replays", "{\"ids\":[\"" + id + "\"]}").path("replayId").asString();
        await().atMost(PATIENCE).until(() -> operate("GET", replay, "").path("state").asString().equals("done"));
    }

    /** An operator's request that must succeed. */
    private JsonNode operate(String method, String url, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + stack.operator().token())
                .header("Content-Type", method.equals("PATCH") ? "application/json-patch+json" : "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isBetween(200, 299);
        return json.readTree(response.body());
    }

    @Test
    void trace_goesFromTheRequestOverKafkaToTheFeatures() throws Exception {
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.url(Service.INGEST) + "/v1/events"))
                .header("Content-Type", "application/json").header("traceparent", "00-" + traceId + "-00f067aa0ba902b7-01")
                .POST(HttpRequest.BodyPublishers.ofString(events("traced-", 0, 1))).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "group.id", "trace-test", "auto.offset.reset", "earliest"),
                new StringDeserializer(), new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.FEATURES_CHANGED));
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key().equals("session#traced-s0")) {
                        assertThat(new String(record.headers().lastHeader("traceparent").value(), StandardCharsets.US_ASCII))
                                .contains(traceId);
                        return true;
                    }
                }
                return false;
            });
        }
    }

    @Test
    void operatorEndpoints_takeOnlyARealOperatorsToken() throws Exception {
        Date soon = Date.from(Clock.systemUTC().instant().plusSeconds(600));
        JWTClaimsSet claims = new JWTClaimsSet.Builder().subject("x").audience("doorstep").claim("roles", List.of("operator"))
                .expirationTime(soon).build();
        // The public key as a shared secret: the attack of algorithm confusion.
        SignedJWT confused = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        confused.sign(new MACSigner(Files.readAllBytes(stack.operator().publicKey())));
        for (Service service : Service.ALL) {
            String loggers = stack.managementUrl(service) + "/actuator/loggers";
            assertThat(get(loggers, null).statusCode()).isEqualTo(401);
            assertThat(get(loggers, "rubbish").statusCode()).isEqualTo(401);
            assertThat(get(loggers, new PlainJWT(claims).serialize()).statusCode()).isEqualTo(401);
            assertThat(get(loggers, confused.serialize()).statusCode()).isEqualTo(401);
            HttpResponse<String> allowed = get(loggers, stack.operator().token());
            assertThat(allowed.statusCode()).isEqualTo(200);
            assertThat(get(stack.managementUrl(service) + "/actuator/health", null).statusCode()).isEqualTo(200);
            // Nothing of the operators' is on the public port.
            assertThat(get(stack.url(service) + "/actuator/loggers", stack.operator().token()).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void readme_requestAndAnswer_areTrue() throws Exception {
        String readme = Project.read("README.md");
        Matcher request = Pattern.compile("-d '(\\{.*?\\})'", Pattern.DOTALL).matcher(readme);
        assertThat(request.find()).isTrue();
        JsonNode shown = json.readTree(block(readme, "json", 0));
        HttpResponse<String> response = post(Service.PREDICTION, "/v1/predictions", request.group(1));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json.readTree(response.body()).propertyNames()).isEqualTo(shown.propertyNames());
    }

    @Test
    @Order(Integer.MAX_VALUE) // Micrometer finds what Kafka says of partitions a minute after a service's start
    void dashboardsAndRules_everyQueryAnswersOnARealPrometheus() throws Exception {
        assumeTrue(Project.hasTool("prometheus"), "prometheus is not installed");
        // Each kind of thing happens once, so that its metrics exist.
        post(Service.INGEST, "/v1/events", events("metrics-", 0, 50) + "{\"_id\":\"refused\"}\n");
        String token = json.readTree(post(Service.PREDICTION, "/v1/predictions", ORDER).body()).path("token").asString();
        post(Service.PREDICTION, "/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"metrics\"}");
        await().atMost(PATIENCE).until(() -> applied("metrics-") == 50);
        int port = Ports.free();
        Path configuration = Files.createDirectories(directory.resolve("prometheus"));
        String scrape = Project.read("observability/prometheus.yml").replace("scrape_interval: 5s", "scrape_interval: 1s");
        for (Service service : Service.ALL) {
            scrape = scrape.replace(service.module() + ":" + service.managementPort(),
                    URI.create(stack.managementUrl(service)).getAuthority());
        }
        Files.writeString(configuration.resolve("prometheus.yml"), scrape);
        Files.createDirectories(configuration.resolve("rules"));
        Files.writeString(configuration.resolve("rules/doorstep.yml"), Project.read("observability/rules/doorstep.yml"));
        try (ChildProcess _ = ChildProcess.start("prometheus",
                List.of("prometheus", "--config.file=" + configuration.resolve("prometheus.yml"),
                        "--storage.tsdb.path=" + configuration.resolve("data"), "--web.listen-address=127.0.0.1:" + port),
                Map.of(), directory)) {
            String url = "http://127.0.0.1:" + port;
            await().atMost(PATIENCE).ignoreExceptions()
                    .until(() -> query(url, "count(up{job=\"doorstep\"} == 1)").path(0).path("value").path(1)
                            .asString("0").equals("3"));
            // A rate needs two scrapes.
            await().atMost(PATIENCE).until(() -> !query(url, "rate(process_uptime_seconds[1m])").isEmpty());
            for (String expression : queries()) {
                await(expression).atMost(PATIENCE).until(() -> !query(url, expression).isEmpty());
            }
            JsonNode rules = json.readTree(get(url + "/api/v1/rules").body()).path("data").path("groups").path(0).path("rules");
            assertThat(rules).hasSize(18);
            for (JsonNode rule : rules) {
                assertThat(rule.path("health").asString()).as(rule.path("name").asString()).isIn("ok", "unknown");
                query(url, rule.path("query").asString());
                for (String metric : metricsOf(rule.path("query").asString())) {
                    assertThat(query(url, "count({__name__=\"" + metric + "\"})")).as(metric).isNotEmpty();
                }
            }
        }
    }

    private static List<String> metricsOf(String expression) {
        List<String> metrics = new ArrayList<>();
        Matcher names = Pattern.compile("\\b(doorstep_[a-z0-9_]+|http_server_[a-z_]+|resilience4j_[a-z0-9_]+)\\b").matcher(expression);
        while (names.find()) {
            metrics.add(names.group());
        }
        return metrics;
    }

    private List<String> queries() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = json.readTree(Project.read("observability/grafana/dashboards/doorstep.json"));
        for (JsonNode panel : dashboard.path("panels")) {
            panel.path("targets").forEach(target -> queries.add(target.path("expr").asString()));
        }
        assertThat(queries).hasSizeGreaterThan(10);
        // What autoscalers ask for, as the adapter asks for it.
        Matcher scaling = Pattern.compile("seriesQuery: (\\S+)[^-]*?metricsQuery: (\\S+)")
                .matcher(Project.read("k8s/components/scale-on-lag/prometheus-adapter.yaml"));
        while (scaling.find()) {
            queries.add(scaling.group(2).replace("<<.Series>>", scaling.group(1)).replace("<<.LabelMatchers>>", ""));
        }
        assertThat(queries).contains("max(doorstep_ledger_lag_records{})");
        return queries;
    }

    /** The result of a query that must be valid; it may be empty. */
    private JsonNode query(String url, String expression) throws IOException, InterruptedException {
        HttpResponse<String> response = get(url + "/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(response.statusCode()).as(expression + ": " + response.body()).isEqualTo(200);
        return json.readTree(response.body()).path("data").path("result");
    }

    private static String block(String markdown, String language, int index) {
        Matcher blocks = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(markdown);
        for (int i = 0; i <= index; i++) {
            assertThat(blocks.find()).isTrue();
        }
        return blocks.group(1);
    }

    private static long applied(String prefix) {
        Map<String, Long> events = new HashMap<>();
        for (int session = 0; session < SESSIONS; session++) {
            SessionState state = reader.session(prefix + "s" + session);
            events.put(prefix + session, state == null ? 0 : state.events());
        }
        return events.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String events(String prefix, int from, int to) {
        StringBuilder body = new StringBuilder();
        for (int i = from; i < to; i++) {
            body.append("{\"_id\":\"").append(prefix).append(i).append("\",\"_source\":{\"createdDateTime\":").append(AT + i % 1000)
                    .append(",\"eventType\":\"product_view\",\"sessionId\":\"").append(prefix).append('s').append(i % SESSIONS)
                    .append("\",\"products\":[{\"sku\":\"").append(prefix).append("sku").append(i % 10).append("\"}]}}\n");
        }
        return body.toString();
    }

    private HttpResponse<String> post(Service service, String path, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(stack.url(service) + path)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return get(url, null);
    }

    private HttpResponse<String> get(String url, @Nullable String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
