package dev.doorstep.localparts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPartsTest {
    @TempDir
    Path directory;

    @Test
    void kafka_restarted_keepsItsTopics() throws Exception {
        try (KafkaNode kafka = KafkaNode.start(directory)) {
            Properties properties = new Properties();
            properties.put("bootstrap.servers", kafka.bootstrapServers());
            try (Admin admin = Admin.create(properties)) {
                admin.createTopics(List.of(new NewTopic("kept", 3, (short) 1))).all().get(30, TimeUnit.SECONDS);
                kafka.process().kill();
                assertThat(kafka.process().isAlive()).isFalse();
                kafka.restart();
                assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS)).contains("kept");
            }
        }
    }

    @Test
    void dynamoDb_started_listensUntilStopped() {
        DynamoDbNode dynamoDb = DynamoDbNode.inMemory(directory);
        int port = Integer.parseInt(dynamoDb.endpoint().replaceAll(".*:", ""));
        assertThat(Ports.isTaken(port)).isTrue();
        dynamoDb.close();
        assertThat(Ports.isTaken(port)).isFalse();
    }

    @Test
    void openSearch_killedAndRestarted_keepsItsDocuments() throws Exception {
        try (OpenSearchNode node = OpenSearchNode.start(Path.of(".."), directory)) {
            assertThat(node.ask("PUT", "/kept/_doc/1", "{\"a\":1}")).contains("\"result\":\"created\"");
            node.process().kill();
            node.restart();
            Awaitility.await().atMost(Duration.ofSeconds(30)).ignoreExceptions()
                    .untilAsserted(() -> assertThat(node.ask("GET", "/kept/_doc/1", "")).contains("\"found\":true"));
            try (FaultyProxy proxy = node.proxy()) {
                proxy.refuse("/kept/", 1, 429, "rejected_execution_exception");
                HttpRequest.Builder get = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + "/kept/_doc/1"));
                assertThat(send(get).statusCode()).isEqualTo(429);
                proxy.heal();
                assertThat(send(get).statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void kinesis_restarted_keepsItsStreams() throws Exception {
        assumeThat(KinesisNode.missing()).as("%s", KinesisNode.missing()).isNull();
        try (KinesisNode node = KinesisNode.start(directory)) {
            assertThat(kinesis(node, "CreateStream", "{\"StreamName\":\"kept\",\"ShardCount\":1}").statusCode()).isEqualTo(200);
            Path file = directory.resolve("kinesis").resolve("kinesis-data.json");
            Awaitility.await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.exists(file) && Files.readString(file).contains("\"kept\""));
            node.process().kill();
            node.restart();
            assertThat(kinesis(node, "ListStreams", "{}").body()).contains("kept");
        }
    }

    private static HttpResponse<String> kinesis(KinesisNode node, String operation, String body) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(node.endpoint())).header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "Kinesis_20131202." + operation)
                .header("X-Amz-Date", "20260101T000000Z")
                .header("Authorization",
                        "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/kinesis/aws4_request, SignedHeaders=host, Signature=0")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    @Test
    void child_parentKilled_endsToo() throws IOException, InterruptedException {
        // 1. A parent JVM starts a child that would sleep for an hour, and prints the child's process id.
        Process parent = new ProcessBuilder(ChildProcess.java(), "-cp", System.getProperty("java.class.path"),
                SleepingParent.class.getName(), directory.toString()).start();
        long child = Long.parseLong(parent.inputReader().readLine());
        assertThat(ProcessHandle.of(child)).hasValueSatisfying(handle -> assertThat(handle.isAlive()).isTrue());
        // 2. The parent is killed and gets no chance to clean up.
        parent.destroyForcibly().waitFor();
        // 3. The child ends.
        assertThat(ProcessHandle.of(child).map(handle -> handle.onExit().orTimeout(30, TimeUnit.SECONDS).join().isAlive()).orElse(false))
                .isFalse();
    }

    /** Main of the parent in {@link #child_parentKilled_endsToo()}. */
    static final class SleepingParent {
        private SleepingParent() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws InterruptedException {
            ChildProcess child = ChildProcess.start("sleeper", List.of("sleep", "3600"), Map.of(), Path.of(arguments[0]));
            System.out.println(child.pid());
            Thread.sleep(3_600_000);
        }
    }

    @Test
    void proxy_makesItsFaultsAndHeals() throws Exception {
        try (DynamoDbNode node = DynamoDbNode.inMemory(directory);
                FaultyProxy proxy = node.proxy();
                HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port())).timeout(Duration.ofSeconds(5))
                    .header("X-Amz-Target", "DynamoDB_20120810.ListTables").header("Content-Type", "application/x-amz-json-1.0")
                    .header("Authorization", "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/dynamodb/aws4_request, "
                            + "SignedHeaders=host, Signature=0")
                    .POST(HttpRequest.BodyPublishers.ofString("{}")).build();
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).contains("TableNames");
            proxy.throttle(1);
            HttpResponse<String> throttled = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(throttled.statusCode()).isEqualTo(400);
            assertThat(throttled.body()).contains("ProvisionedThroughputExceededException");
            proxy.heal();
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).contains("TableNames");
            proxy.stallAnswers();
            CompletableFuture<HttpResponse<String>> waiting = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
            assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            proxy.heal();
            assertThat(waiting.get(5, TimeUnit.SECONDS).body()).contains("TableNames");
            proxy.stall();
            CompletableFuture<HttpResponse<String>> cut = http.sendAsync(request, HttpResponse.BodyHandlers.ofString());
            assertThatThrownBy(() -> cut.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
            proxy.disconnect();
            assertThatThrownBy(() -> cut.get(5, TimeUnit.SECONDS)).hasCauseInstanceOf(java.io.IOException.class);
            proxy.heal();
            assertThat(http.send(request, HttpResponse.BodyHandlers.ofString()).body()).contains("TableNames");
        }
    }
}
