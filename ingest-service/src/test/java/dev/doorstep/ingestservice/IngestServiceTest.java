package dev.doorstep.ingestservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.ingest.file.scan-interval=200ms", "doorstep.ingest.concurrent-bodies=4", "doorstep.ingest.body-limit=80MB",
        "doorstep.ingest.documents-per-body=100000", "doorstep.store.create-tables=true", "doorstep.dead-letters.keys=" + Records.KEY})
class IngestServiceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static Records records;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final MessageCodec codec = new MessageCodec();

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
        registry.add("doorstep.dead-letters.archive", () -> directory.resolve("archive").toString());
        registry.add("doorstep.ingest.file.path", () -> directory.resolve("inbox").toString());
    }

    @BeforeAll
    static void startKafka() throws IOException {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        Files.createDirectories(directory.resolve("inbox"));
        records = new Records(kafka.bootstrapServers());
    }

    @AfterAll
    static void stopKafka() {
        records.close();
        dynamoDb.close();
        kafka.close();
    }

    @Test
    void events_sampleSessions_areAllAcceptedAndOnKafka() throws Exception {
        Path sample = Path.of("..", "sample_sessions.json");
        HttpResponse<String> response = post(Files.readAllBytes(sample));
        assertThat(response.statusCode()).isEqualTo(202);
        JsonNode answer = json.readTree(response.body());
        assertThat(answer.path("accepted").asInt()).isEqualTo(9);
        assertThat(answer.path("documents")).hasSize(9)
                .allSatisfy(each -> assertThat(each.path("status").asString()).isEqualTo("accepted"));
        ConsumerRecord<String, byte[]> record = records.awaitEvent("0b541211-6f65-4b6e-bb0c-ded5ad3e78c7");
        EventRecord event = codec.read(record.value(), EventRecord.class);
        assertThat(event.createdDateTime()).isEqualTo(1731880381293L);
        assertThat(event.shipping()).isNotNull();
        assertThat(event.contentHash()).hasSize(64);
        assertThat(record.key()).isEqualTo(event.sessionId());
        assertThat(record.headers().lastHeader("schema").value()).asString().isEqualTo("event/1");
        assertThat(record.headers().lastHeader("traceparent")).isNotNull();
        assertThat(new String(record.value(), StandardCharsets.UTF_8)).doesNotContain("mail.example").doesNotContain("line1");
    }

    @Test
    void events_traceOfTheRequest_isOnTheRecord() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(events()).header("Content-Type", "application/json")
                .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .POST(HttpRequest.BodyPublishers.ofString("{\"_id\":\"traced\",\"_source\":{\"createdDateTime\":1}}")).build();
        assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(202);
        assertThat(records.awaitEvent("traced").headers().lastHeader("traceparent").value()).asString()
                .startsWith("00-4bf92f3577b34da6a3ce929d0e0e4736-").endsWith("-01");
    }

    @Test
    void events_mixedBody_isAnsweredPerDocument() throws Exception {
        HttpResponse<String> response = post("""
                                             {"_id":"mixed-1","_source":{"createdDateTime":1731880381293}}
                                             {"_id":"mixed-2","_source":{"createdDateTime":"yesterday"}}
                                             {"_id":"mixed-3
                                             {"_source":{"createdDateTime":1731880381293}}
                                             """);
        assertThat(response.statusCode()).isEqualTo(207);
        JsonNode documents = json.readTree(response.body()).path("documents");
        assertThat(documents.get(0).path("status").asString()).isEqualTo("accepted");
        assertThat(documents.get(1).path("reason").asString()).isEqualTo("UNREADABLE_TIMESTAMP");
        assertThat(documents.get(1).path("field").asString()).isEqualTo("_source.createdDateTime");
        assertThat(documents.get(1).path("message").asString()).contains("yesterday");
        assertThat(documents.get(2).path("reason").asString()).isEqualTo("NOT_JSON");
        assertThat(documents.get(3).path("reason").asString()).isEqualTo("MISSING_ID");
        DeadLetter letter = records.awaitDeadLetter("yesterday");
        assertThat(letter.reason()).isEqualTo(ErrorCode.UNREADABLE_TIMESTAMP);
        assertThat(letter.source()).isEqualTo("http");
        assertThat(letter.stage()).isEqualTo("ingest-service");
        assertThat(new String(letter.original(), StandardCharsets.UTF_8))
                .isEqualTo("{\"_id\":\"mixed-2\",\"_source\":{\"createdDateTime\":\"yesterday\"}}");
    }

    @Test
    void events_everyReason_becomesADeadLetterOfThatCode() throws Exception {
        Map<ErrorCode, String> bodies = Map.of(ErrorCode.NOT_JSON, "{\"marker\":\"dl-NOT_JSON\"", ErrorCode.TOO_DEEP,
                "{\"_id\":\"dl-TOO_DEEP\",\"x\":" + "[".repeat(300) + "]".repeat(300) + "}", ErrorCode.DUPLICATE_KEY,
                "{\"_id\":\"dl-DUPLICATE_KEY\",\"_id\":\"b\"}", ErrorCode.MISSING_ID, "{\"x\":\"dl-MISSING_ID\"}",
                ErrorCode.MISSING_CREATED_DATE_TIME, "{\"_id\":\"dl-MISSING_CREATED_DATE_TIME\"}", ErrorCode.UNREADABLE_TIMESTAMP,
                "{\"_id\":\"dl-UNREADABLE_TIMESTAMP\",\"_source\":{\"createdDateTime\":[]}}", ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                "{\"_id\":\"dl-TIMESTAMP_OUT_OF_RANGE\",\"_source\":{\"createdDateTime\":99999999999999}}", ErrorCode.INVALID_FIELD,
                "{\"_id\":\"dl-INVALID_FIELD\",\"_source\":{\"createdDateTime\":1,\"products\":7}}", ErrorCode.TOO_LARGE,
                "{\"_id\":\"dl-TOO_LARGE\",\"pad\":\"" + "x".repeat(600_000) + "\"}");
        for (Map.Entry<ErrorCode, String> each : bodies.entrySet()) {
            HttpResponse<String> response = post(each.getValue());
            assertThat(response.statusCode()).as(each.getKey().name()).isEqualTo(400);
            assertThat(json.readTree(response.body()).path("documents").get(0).path("reason").asString()).isEqualTo(each.getKey().name());
            DeadLetter letter = records.awaitDeadLetter("dl-" + each.getKey());
            assertThat(letter.reason()).isEqualTo(each.getKey());
        }
        DeadLetter large = records.awaitDeadLetter("dl-TOO_LARGE");
        assertThat(large.original()).hasSize(64 << 10);
        assertThat(large.length()).isEqualTo(600_031);
        assertThat(large.sha256()).hasSize(64);
    }

    @Test
    void events_numberWithoutCanonicalForm_isADeadLetterWithItsId() throws Exception {
        HttpResponse<String> response = post("{\"_id\":\"huge-number\",\"_source\":{\"createdDateTime\":1,\"x\":1e999}}");
        JsonNode document = json.readTree(response.body()).path("documents").get(0);
        assertThat(document.path("reason").asString()).isEqualTo("NOT_JSON");
        assertThat(document.path("id").asString()).isEqualTo("huge-number");
        assertThat(records.awaitDeadLetter("huge-number").field()).isEqualTo("_source");
    }

    @Test
    void events_documentOf50Megabytes_isRefusedAndItsNeighboursAreTaken() throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(
                "[{\"_id\":\"before\",\"_source\":{\"createdDateTime\":1}},{\"_id\":\"fifty\",\"pad\":\"".getBytes(StandardCharsets.UTF_8));
        body.writeBytes(new byte[50 << 20]);
        body.writeBytes("\"},{\"_id\":\"after\",\"_source\":{\"createdDateTime\":1}}]".getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> response = post(body.toByteArray());
        assertThat(response.statusCode()).isEqualTo(207);
        JsonNode documents = json.readTree(response.body()).path("documents");
        assertThat(documents).extracting(each -> each.path("status").asString()).containsExactly("accepted", "refused", "accepted");
        assertThat(documents.get(1).path("reason").asString()).isEqualTo("TOO_LARGE");
        assertThat(records.awaitDeadLetter("fifty").length()).isEqualTo(52_428_824L);
    }

    @Test
    void events_hundredThousandDocumentsInOneBody_areEachAnswered() throws Exception {
        InputStream documents = new SequenceInputStream(Collections.enumeration(List.of(bytes("["), lines(0, 100_000), bytes("]"))));
        HttpResponse<InputStream> response = http.send(
                HttpRequest.newBuilder(events()).POST(HttpRequest.BodyPublishers.ofInputStream(() -> documents)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(202);
        try (InputStream body = response.body()) {
            JsonNode answer = json.readTree(body);
            assertThat(answer.path("accepted").asInt()).isEqualTo(100_000);
            assertThat(answer.path("documents")).hasSize(100_000);
            assertThat(answer.path("documents").get(99_999).path("id").asString()).isEqualTo("bulk-99999");
        }
    }

    @Test
    void events_bodyOverALimit_isAnsweredForWhatWasTakenAndSaysWhatWasNot() throws Exception {
        String document = "{\"_id\":\"over\",\"_source\":{\"createdDateTime\":1,\"pad\":\"" + "x".repeat(400_000) + "\"}}\n";
        HttpResponse<String> tooLong = post(document.repeat(220));
        assertThat(tooLong.statusCode()).isEqualTo(207);
        JsonNode answer = json.readTree(tooLong.body());
        assertThat(answer.path("problem").path("code").asString()).isEqualTo("TOO_LARGE");
        assertThat(answer.path("problem").path("field").asString()).isEqualTo("body");
        assertThat(answer.path("accepted").asInt()).isBetween(190, 210);
        HttpResponse<String> tooMany = post("1\n".repeat(100_001));
        assertThat(tooMany.statusCode()).isEqualTo(400);
        assertThat(json.readTree(tooMany.body()).path("problem").path("detail").asString()).contains("100000 documents");
        assertThat(json.readTree(tooMany.body()).path("refused").asInt()).isEqualTo(100_000);
    }

    @Test
    void events_gzip_isReadByContent() throws Exception {
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(gzip)) {
            out.write("{\"_id\":\"zipped\",\"_source\":{\"createdDateTime\":5}}".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(post(gzip.toByteArray()).statusCode()).isEqualTo(202);
        HttpResponse<String> cut = post(java.util.Arrays.copyOf(gzip.toByteArray(), 20));
        assertThat(cut.statusCode()).isEqualTo(400);
        assertThat(cut.body()).contains("\"field\":\"body\"");
    }

    @Test
    void events_emptyBody_isAProblemThatNamesTheBody() throws Exception {
        for (String body : List.of("", "[]", "  \n ")) {
            HttpResponse<String> response = post(body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            JsonNode problem = json.readTree(response.body());
            assertThat(problem.path("code").asString()).isEqualTo("INVALID_REQUEST");
            assertThat(problem.path("field").asString()).isEqualTo("body");
        }
    }

    @Test
    void events_clientThatDisconnects_losesNothingThatWasAccepted() throws Exception {
        try (Socket socket = new Socket("localhost", port)) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
                    + "{\"_id\":\"cut-1\",\"_source\":{\"createdDateTime\":1}}\n{\"_id\":\"cut-2\",").getBytes(StandardCharsets.US_ASCII));
            out.flush();
            records.awaitEvent("cut-1");
        }
        assertThat(post("{\"_id\":\"after-cut\",\"_source\":{\"createdDateTime\":1}}").statusCode()).isEqualTo(202);
    }

    @Test
    void events_otherMethodOrPath_isAProblem() throws Exception {
        HttpResponse<String> get = http.send(HttpRequest.newBuilder(events()).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(json.readTree(get.body()).path("code").asString()).isEqualTo("METHOD_NOT_ALLOWED");
        HttpResponse<String> unknown = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v1/nothing")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(json.readTree(unknown.body()).path("code").asString()).isEqualTo("NOT_FOUND");
    }

    @Test
    void fileSource_newFile_isReadOnce() throws Exception {
        Path inbox = directory.resolve("inbox");
        Files.writeString(inbox.resolve("day.ndjson.part"), "{\"_id\":\"file-0\",\"_source\":{\"createdDateTime\":1}}");
        Path complete = directory.resolve("day.ndjson");
        Files.writeString(complete, "{\"_id\":\"file-1\",\"_source\":{\"createdDateTime\":1}}\n{\"_id\":\"file-2\"}\n");
        Files.move(complete, inbox.resolve("day.ndjson"));
        EventRecord event = codec.read(records.awaitEvent("file-1").value(), EventRecord.class);
        assertThat(event.source()).isEqualTo("file");
        assertThat(event.position()).isEqualTo("day.ndjson/0");
        assertThat(records.awaitDeadLetter("file-2").position()).isEqualTo("day.ndjson/1");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(inbox.resolve(".doorstep-done")).content().contains("day.ndjson"));
    }

    @Test
    void management_tellsHealthVersionAndMetrics_andClosesTheRest() throws Exception {
        assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(management("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(json.readTree(management("/actuator/info").body()).path("build").path("version").asString()).isEqualTo("0.1.0");
        post("{\"_id\":\"metric\",\"_source\":{\"createdDateTime\":1}}");
        assertThat(management("/actuator/prometheus").body()).contains("doorstep_ingest_documents_total").contains("result=\"ACCEPTED\"");
        HttpResponse<String> loggers = management("/actuator/loggers");
        assertThat(loggers.statusCode()).isIn(401, 403);
        assertThat(loggers.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
    }

    @Test
    void openApi_describesTheEvents() throws Exception {
        HttpResponse<String> api = http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/v3/api-docs")).build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(json.readTree(api.body()).path("paths").has("/v1/events")).isTrue();
    }

    @Test
    void events_brokerRestartsDuringIngest_loseNothing() throws Exception {
        List<HttpResponse<String>> responses = new ArrayList<>();
        // 1. Half of the documents go in while the broker is up.
        responses.add(post(lines(0, 500, "restart-").readAllBytes()));
        // 2. The broker is killed; a body sent meanwhile waits for it or is told so.
        kafka.process().kill();
        Thread sender = Thread.ofVirtual().start(() -> responses.add(postUnchecked("restart-", 500, 1000)));
        kafka.restart();
        sender.join();
        // 3. What was not accepted is sent again, as the answer says.
        while (responses.getLast().statusCode() != 202) {
            responses.add(post(lines(500, 1000, "restart-").readAllBytes()));
        }
        // 4. Every document is on the topic.
        for (int i = 0; i < 1000; i += 37) {
            records.awaitEvent("restart-" + i);
        }
    }

    private HttpResponse<String> postUnchecked(String prefix, int from, int to) {
        try {
            return post(lines(from, to, prefix).readAllBytes());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static InputStream lines(int from, int to) {
        return lines(from, to, "bulk-");
    }

    private static InputStream lines(int from, int to, String prefix) {
        StringBuilder body = new StringBuilder();
        for (int i = from; i < to; i++) {
            body.append("{\"_id\":\"").append(prefix).append(i).append("\",\"_source\":{\"createdDateTime\":1731880381293}}\n");
        }
        return bytes(body.toString());
    }

    private HttpResponse<String> management(String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create("http://localhost:" + managementPort + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private URI events() {
        return URI.create("http://localhost:" + port + "/v1/events");
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(body.getBytes(StandardCharsets.UTF_8));
    }

    private HttpResponse<String> post(byte[] body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(events()).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
