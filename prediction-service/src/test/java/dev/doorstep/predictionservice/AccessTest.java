package dev.doorstep.predictionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.featurestore.UsageStore;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.OperatorToken;
import dev.doorstep.localparts.Ports;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Browsers, servers and operators, each with what is theirs; Kafka is away all the time. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.store.create-tables=true", "logging.structured.format.console=ecs",
        "spring.security.oauth2.resourceserver.jwt.audiences=doorstep",
        "doorstep.access.keys[0].name=shop-page", "doorstep.access.keys[0].audience=publishable",
        "doorstep.access.keys[0].key=" + AccessTest.PAGE, "doorstep.access.keys[0].origins=https://shop.example",
        "doorstep.access.keys[1].name=hasty-page", "doorstep.access.keys[1].audience=publishable",
        "doorstep.access.keys[1].key=" + AccessTest.HASTY, "doorstep.access.keys[1].origins=https://hasty.example",
        "doorstep.access.keys[1].per-second=1", "doorstep.access.keys[1].burst=3",
        "doorstep.access.keys[2].name=shop", "doorstep.access.keys[2].audience=server", "doorstep.access.keys[2].key=" + AccessTest.SHOP,
        "doorstep.access.keys[3].name=trial", "doorstep.access.keys[3].audience=server", "doorstep.access.keys[3].key=" + AccessTest.TRIAL,
        "doorstep.access.keys[3].per-day=5"})
@ExtendWith(OutputCaptureExtension.class)
class AccessTest {
    static final String PAGE = "pk-00000000000000000000000000000001";
    static final String HASTY = "pk-00000000000000000000000000000002";
    static final String SHOP = "sk-00000000000000000000000000000003";
    static final String TRIAL = "sk-00000000000000000000000000000004";
    private static final String ORDER = "{\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"},\"items\":[{\"sku\":\"A\"}]}";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static DynamoDbNode dynamoDb;
    private static OperatorToken operator;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    DynamoDbClient client;

    @Autowired
    PredictionSettings settings;

    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    static void startParts() throws Exception {
        dynamoDb = DynamoDbNode.inMemory(directory);
        operator = OperatorToken.create(directory, Clock.systemUTC().instant());
    }

    @AfterAll
    static void stopParts() {
        dynamoDb.close();
    }

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> "localhost:" + Ports.free());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
        registry.add("spring.security.oauth2.resourceserver.jwt.public-key-location", () -> operator.publicKey().toUri().toString());
    }

    @Test
    void browser_asksForPredictionsFromItsOriginAndNothingElse() throws Exception {
        HttpResponse<String> answer = predict("X-Api-Key", PAGE, "Origin", "https://shop.example");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).contains("https://shop.example");
        assertProblem(predict("X-Api-Key", PAGE), 403, "FORBIDDEN", "origin none");
        // Another key's origin: the browser may read why, and gets nothing else.
        assertProblem(predict("X-Api-Key", PAGE, "Origin", "https://hasty.example"), 403, "FORBIDDEN", "https://hasty.example");
        assertThat(predict("X-Api-Key", PAGE, "Origin", "https://evil.example").statusCode()).isEqualTo(403);
        assertProblem(post("/v1/promises", "{}", "X-Api-Key", PAGE, "Origin", "https://shop.example"), 403, "FORBIDDEN", "publishable");
        assertProblem(post("/v1/predictions?include=reasons", ORDER, "X-Api-Key", PAGE, "Origin", "https://shop.example"), 401,
                "UNAUTHENTICATED", "server's key");
        assertProblem(send("GET", port, "/v1/predictionsX", null, "X-Api-Key", PAGE, "Origin", "https://shop.example"), 403, "FORBIDDEN",
                "publishable");
    }

    @Test
    void preflight_isAnsweredForKnownOriginsWithoutAKey() throws Exception {
        HttpResponse<String> allowed = preflight("https://shop.example");
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Headers").orElse("")).containsIgnoringCase("x-api-key");
        assertThat(preflight("https://evil.example").statusCode()).isEqualTo(403);
    }

    @Test
    void noKeyOrAnUnknownOne_isRefused() throws Exception {
        assertProblem(predict(), 401, "UNAUTHENTICATED", "publishable or server key");
        assertProblem(predict("X-Api-Key", PAGE + "x"), 401, "UNAUTHENTICATED", "no key that is known");
        assertProblem(predict("X-Api-Key", ""), 401, "UNAUTHENTICATED", "no key that is known");
        assertProblem(post("/v1/promises", "{}"), 401, "UNAUTHENTICATED", "needs a server key");
        // However the path is written.
        assertProblem(send("GET", port, "/%761/promises/none", null), 401, "UNAUTHENTICATED", "needs a server key");
        assertProblem(send("GET", port, "/v%31/promises/none", null, "X-Api-Key", PAGE, "Origin", "https://shop.example"), 403, "FORBIDDEN",
                "publishable");
        assertThat(predict("X-Api-Key", SHOP).statusCode()).isEqualTo(200);
        assertThat(send("GET", port, "/v3/api-docs", null).statusCode()).isEqualTo(200);
    }

    @Test
    void rate_isLimitedByKey() throws Exception {
        int answered = 0;
        HttpResponse<String> response = predict("X-Api-Key", HASTY, "Origin", "https://hasty.example");
        while (response.statusCode() == 200) {
            answered++;
            response = predict("X-Api-Key", HASTY, "Origin", "https://hasty.example");
        }
        assertThat(answered).isBetween(3, 100);
        assertProblem(response, 429, "RATE_LIMITED", "1 requests a second");
        assertThat(response.headers().firstValue("Retry-After")).contains("1");
        assertThat(predict("X-Api-Key", PAGE, "Origin", "https://shop.example").statusCode()).as("others go on").isEqualTo(200);
        await().atMost(PATIENCE).until(
                () -> predict("X-Api-Key", HASTY, "Origin", "https://hasty.example").statusCode() == 200);
        assertThat(send("GET", managementPort, "/actuator/prometheus", null).body()).containsPattern(
                "doorstep_access_total\\{[^}]*caller=\"hasty-page\"[^}]*result=\"RATE_LIMITED\"");
    }

    @Test
    void quota_isCountedTogetherWithOtherReplicas() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(predict("X-Api-Key", TRIAL).statusCode()).isEqualTo(200);
        }
        UsageStore usage = new UsageStore(client, settings.store());
        LocalDate day = LocalDate.now(Clock.system(ZoneOffset.UTC));
        await().atMost(PATIENCE).until(() -> usage.add("trial", day, 0) == 3);
        // Two more by another replica.
        usage.add("trial", day, 2);
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> refused = predict("X-Api-Key", TRIAL);
            assertProblem(refused, 429, "QUOTA_EXHAUSTED", "the 5 requests");
            assertThat(Long.parseLong(refused.headers().firstValue("Retry-After").orElse("0"))).isBetween(1L, 86_401L);
        });
    }

    @Test
    void operators_leaveALineInTheAuditLogWhetherLetInOrNot(CapturedOutput output) throws Exception {
        assertThat(operate(operator.token()).statusCode()).isEqualTo(200);
        JsonNode allowed = audit(output, "/v1/freeze", "\"success\"");
        assertThat(allowed.path("user").path("name").asString()).isEqualTo("demo");
        assertThat(allowed.path("http").path("request").path("method").asString()).isEqualTo("POST");
        assertThat(allowed.path("http").path("request").path("id").asString()).isEqualTo("ticket-1");
        assertThat(allowed.path("url").path("path").asString()).isEqualTo("/v1/freeze");
        assertThat(allowed.path("http").path("response").path("status_code").asInt()).isEqualTo(200);
        assertThat(operate("nobody's").statusCode()).isEqualTo(401);
        JsonNode refused = audit(output, "/v1/freeze", "\"failure\"");
        assertThat(refused.path("user").path("name").asString()).isEqualTo("nobody");
        assertThat(refused.path("http").path("response").path("status_code").asInt()).isEqualTo(401);
    }

    @Test
    void actuatorThatNeedsAToken_leavesALineToo_andWhatIsOpenLeavesNone(CapturedOutput output) throws Exception {
        assertThat(send("GET", managementPort, "/actuator/info", null).statusCode()).isEqualTo(200);
        assertThat(send("GET", managementPort, "/actuator/loggers", null).statusCode()).isEqualTo(401);
        assertThat(audit(output, "/actuator/loggers", "\"failure\"").path("user").path("name").asString()).isEqualTo("nobody");
        assertThat(output.getOut()).doesNotContain("/actuator/info");
    }

    private JsonNode audit(CapturedOutput output, String path, String outcome) {
        return await().atMost(PATIENCE).until(() -> output.getOut().lines()
                .filter(line -> line.contains("\"doorstep.audit\"") && line.contains(path) && line.contains(outcome)).findFirst()
                .map(json::readTree).orElse(null), Objects::nonNull);
    }

    private HttpResponse<String> operate(String token) throws Exception {
        return send("POST", managementPort, "/v1/freeze", "{\"reason\":\"holidays\"}", "Authorization", "Bearer " + token, "X-Request-Id",
                "ticket-1");
    }

    private HttpResponse<String> preflight(String origin) throws Exception {
        return send("OPTIONS", port, "/v1/predictions", null, "Origin", origin, "Access-Control-Request-Method", "POST",
                "Access-Control-Request-Headers", "x-api-key,content-type");
    }

    private HttpResponse<String> predict(String... headers) throws Exception {
        return post("/v1/predictions", ORDER, headers);
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return send("POST", port, path, body, headers);
    }

    private HttpResponse<String> send(String method, int to, String path, @Nullable String body, String... headers) throws Exception {
        return TestHttp.send(method, "http://localhost:" + to + path, body, headers);
    }

    private void assertProblem(HttpResponse<String> response, int status, String code, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.path("code").asString()).isEqualTo(code);
        assertThat(problem.path("detail").asString()).contains(detail);
        assertThat(problem.path("field").asString()).isEqualTo("X-Api-Key");
    }
}
