package dev.doorstep.ingestservice.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.doorstep.ingestservice.RecordingSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The bridge's far end, against PutRecords as its reference describes it: an answer of 200 can still have refused some records. */
class KinesisSinkTest {
    private final JsonMapper json = new JsonMapper();
    private final RecordingSink deadLetters = new RecordingSink(1_000);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final SourceStatus status = new SourceStatus("elasticsearch", metrics, Clock.systemUTC());
    private final List<List<String>> requests = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private KinesisSink sink;
    /** What the stream has acknowledged. */
    private final List<String> stream = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusedRequests = new AtomicInteger();
    private volatile boolean refusesEveryOther;
    /** The error that requests are refused with, else one that passes. */
    private volatile @Nullable String refusedBecause;

    @BeforeEach
    void start() throws IOException {
        System.setProperty("aws.cborEnabled", "false");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        sink = new KinesisSink(KinesisClients.writing(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "eu-central-1"), "s",
                new Refusals("stream s in eu-central-1 can't be written to", "kinesis:PutRecords", status, Clock.systemUTC()), status,
                deadLetters, metrics);
    }

    @AfterEach
    void stop() {
        sink.close();
        server.stop(0);
        System.clearProperty("aws.cborEnabled");
    }

    @Test
    void recordsThatWereRefused_areSentAgain_andNoOthers() throws Exception {
        refusesEveryOther = true;
        assertThat(sink.deliver(documents(0, 6), () -> true)).isTrue();
        assertThat(requests).containsExactly(List.of("d0", "d1", "d2", "d3", "d4", "d5"), List.of("d1", "d3", "d5"), List.of("d3"));
        assertThat(stream).containsExactlyInAnyOrder("d0", "d1", "d2", "d3", "d4", "d5");
        assertThat(metrics.counter("doorstep.bridge.records").count()).isEqualTo(6);
    }

    @Test
    void streamThatIsAway_isTriedOn_untilItIsBack() throws Exception {
        // More than the client tries by itself.
        refusedRequests.set(6);
        assertThat(sink.deliver(documents(0, 3), () -> true)).isTrue();
        assertThat(stream).containsExactly("d0", "d1", "d2");
    }

    @Test
    void streamThatIsNotThere_isOneLine_untilItIs() throws Exception {
        refusedBecause = "{\"__type\":\"ResourceNotFoundException\",\"message\":\"Stream s under account 1 not found.\"}";
        refusedRequests.set(2);
        List<String> lines = new ArrayList<>();
        assertThat(sink.deliver(documents(0, 3), () -> lines.add(String.valueOf(status.health().getDetails().get("line"))))).isTrue();
        assertThat(lines).hasSize(2).allMatch(line -> line.equals("stream s in eu-central-1 can't be written to: ResourceNotFoundException"
                + " Stream s under account 1 not found.; check doorstep.ingest.bridge.stream and doorstep.ingest.bridge.region"));
        assertThat(status.health().getDetails()).containsEntry("state", "starting");
    }

    @Test
    void rightThatIsMissing_isOneLine() throws Exception {
        refusedBecause = "{\"__type\":\"AccessDeniedException\",\"message\":\"not authorized\"}";
        refusedRequests.set(1);
        List<String> lines = new ArrayList<>();
        assertThat(sink.deliver(documents(0, 3), () -> lines.add(String.valueOf(status.health().getDetails().get("line"))))).isTrue();
        assertThat(lines)
                .containsExactly("stream s in eu-central-1 can't be written to: AccessDeniedException not authorized; the role needs"
                        + " kinesis:PutRecords");
    }

    @Test
    void nobodyWantsThemAnyMore_saysThatNotAllAreThere() throws Exception {
        refusedRequests.set(Integer.MAX_VALUE);
        assertThat(sink.deliver(documents(0, 3), () -> false)).isFalse();
        assertThat(stream).isEmpty();
    }

    @Test
    void documentThatNoRecordHolds_isADeadLetter_andTheOthersGoOnInTheirLimits() throws Exception {
        List<PatientIntake.Document> documents = new ArrayList<>(documents(0, 1_001));
        byte[] huge = "x".repeat(1 << 20).getBytes(StandardCharsets.UTF_8);
        documents.add(3, new PatientIntake.Document(huge, 0, huge.length, "huge"));
        assertThat(sink.deliver(documents, () -> true)).isTrue();
        assertThat(deadLetters.counts()).containsOnlyKeys("huge");
        assertThat(requests).extracting(List::size).containsExactly(500, 500, 1);
        assertThat(stream).hasSize(1_001).doesNotHaveDuplicates();
    }

    private static List<PatientIntake.Document> documents(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> {
            byte[] bytes = ("[d" + i + "]").getBytes(StandardCharsets.UTF_8);
            return new PatientIntake.Document(bytes, 1, bytes.length - 2, "position-" + i);
        }).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
        if (refusedRequests.getAndDecrement() > 0) {
            String because = refusedBecause;
            send(exchange, because == null ? 500 : 400,
                    because == null ? "{\"__type\":\"InternalFailure\",\"message\":\"away\"}" : because);
            return;
        }
        List<String> texts = body.path("Records").valueStream()
                .map(each -> new String(Base64.getDecoder().decode(each.path("Data").asString()), StandardCharsets.UTF_8)).toList();
        requests.add(texts);
        List<String> results = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            if (refusesEveryOther && i % 2 == 1) {
                results.add("{\"ErrorCode\":\"ProvisionedThroughputExceededException\",\"ErrorMessage\":\"Rate exceeded\"}");
            } else {
                stream.add(texts.get(i));
                results.add("{\"SequenceNumber\":\"1\",\"ShardId\":\"shardId-000000000000\"}");
            }
        }
        send(exchange, 200, "{\"FailedRecordCount\":" + (refusesEveryOther ? texts.size() / 2 : 0) + ",\"Records\":["
                + String.join(",", results) + "]}");
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
