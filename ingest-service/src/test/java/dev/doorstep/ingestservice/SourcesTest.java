package dev.doorstep.ingestservice;

import static dev.doorstep.ingestservice.elasticsearch.Index.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.elasticsearch.Index;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localparts.KinesisStream;
import dev.doorstep.localparts.OpenSearchNode;
import dev.doorstep.localparts.OperatorToken;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.kinesis.model.ShardIteratorType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All sources at once, each switched on by its property, with the bridge from Elasticsearch to Kinesis between two of them. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT) // it waits for leases, most of the time
class SourcesTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;
    private static OpenSearchNode openSearch;
    private static KinesisNode kinesis;
    private static Records records;
    private static Index index;

    private final HttpClient http = HttpClient.newHttpClient();
    private final MessageCodec codec = new MessageCodec();

    @BeforeAll
    static void startParts() throws Exception {
        assumeThat(KinesisNode.missing()).as("%s", KinesisNode.missing()).isNull();
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        openSearch = OpenSearchNode.start(Path.of(".."), directory);
        index = new Index(openSearch);
        kinesis = KinesisNode.start(directory);
        records = new Records(kafka.bootstrapServers());
        try (KinesisStream stream = kinesis.stream("clicks")) {
            stream.create(2);
        }
        kafka.createTopic("documents", 2);
    }

    @AfterAll
    static void stopParts() {
        if (records != null) {
            records.close();
            kinesis.close();
            openSearch.close();
            dynamoDb.close();
            kafka.close();
        }
    }

    @Test
    void documents_fromEverySource_areOnKafka_andInTheLedger() throws Exception {
        // 1. A cluster with 200 documents, one that can't be read and one that no Kinesis record can hold.
        index.fill("clicks", "bridged", 0, 200, Long::toString);
        index.put("clicks", "bad", "{\"createdDateTime\":" + AT + ",\"products\":\"none\"}");
        index.put("clicks", "long", "{\"createdDateTime\":" + AT + ",\"blob\":\"" + "x".repeat(1_500_000) + "\"}");
        OperatorToken operator = OperatorToken.create(directory, Clock.systemUTC().instant());
        // 2. A service that writes them to Kinesis, and reads Kinesis and a topic.
        try (ConfigurableApplicationContext service = service("clicks", kafka.bootstrapServers(),
                with(bridge("clicks", kinesis.endpoint()), "--doorstep.ingest.elasticsearch.lookback=30s",
                        "--doorstep.ingest.kinesis.stream=clicks", "--doorstep.ingest.kinesis.endpoint=" + kinesis.endpoint(),
                        "--doorstep.ingest.kinesis.kcl2-compatible=true", "--doorstep.ingest.kinesis.failover=2s",
                        "--doorstep.ingest.kafka.topic=documents",
                        "--spring.security.oauth2.resourceserver.jwt.public-key-location=" + operator.publicKey().toUri()))) {
            try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()),
                    new ByteArraySerializer(), new ByteArraySerializer())) {
                // Long ones that are no documents at all hold nothing up that comes after them.
                byte[] damaged = new byte[600_000];
                damaged[0] = 0x1f;
                damaged[1] = (byte) 0x8b;
                for (byte[] none : List.of(damaged, " ".repeat(600_000).getBytes(StandardCharsets.UTF_8),
                        ("{\"hits\":{\"hits\":[]}" + " ".repeat(600_000) + "}").getBytes(StandardCharsets.UTF_8))) {
                    producer.send(new ProducerRecord<>("documents", 0, null, none)).get();
                }
                producer.send(new ProducerRecord<>("documents", 0, null,
                        "{\"_id\":\"topical\",\"_source\":{\"createdDateTime\":1}}".getBytes(StandardCharsets.UTF_8))).get();
            }
            assertThat(codec.read(records.awaitEvent("topical").value(), EventRecord.class))
                    .satisfies(event -> assertThat(event.source()).isEqualTo("kafka-topic"))
                    .satisfies(event -> assertThat(event.position()).isEqualTo("documents/0/3"));
            for (int i = 0; i < 200; i++) {
                EventRecord event = codec.read(records.awaitEvent("bridged-" + i).value(), EventRecord.class);
                assertThat(event.source()).isEqualTo("kinesis");
                assertThat(event.position()).matches("shardId-\\d+/\\d+");
            }
            DeadLetter bad = records.awaitDeadLetter("\"bad\"");
            assertThat(bad.source()).isEqualTo("kinesis");
            DeadLetter tooLong = records.awaitDeadLetter("\"long\"");
            assertThat(tooLong.source()).isEqualTo("elasticsearch");
            assertThat(tooLong.reason()).isEqualTo(ErrorCode.TOO_LARGE);
            assertThat(tooLong.position()).startsWith("clicks/long");
            String management = "http://localhost:" + service.getEnvironment().getProperty("local.management.port");
            // 3. Operators and the autoscaler see how each is doing.
            String metrics = get(management + "/actuator/prometheus");
            assertThat(metrics).containsPattern("doorstep_ingest_source_up\\{[^}]*source=\"elasticsearch\"[^}]*\\} 1")
                    .containsPattern("doorstep_ingest_source_up\\{[^}]*source=\"kinesis\"[^}]*\\} 1")
                    .containsPattern("doorstep_ingest_source_delay_seconds\\{[^}]*source=\"kinesis\"")
                    .containsPattern("doorstep_kinesis_iterator_age_seconds\\{[^}]*shard=\"shardId-")
                    .containsPattern("doorstep_bridge_records_total\\{[^}]*\\} 20[1-9]");
            JsonNode ledger = JSON.readTree(get(management + "/v1/ledger", "Authorization", "Bearer " + operator.token()));
            assertThat(ledger.path("sources").path("kinesis").path("received").asInt()).isGreaterThanOrEqualTo(201);
            assertThat(ledger.path("sources").path("elasticsearch").path("deadLettered").asInt()).isGreaterThanOrEqualTo(1);
            assertThat(ledger.path("sources").path("kafka-topic").path("received").asInt()).isEqualTo(4);
            assertThat(ledger.path("sources").path("kafka-topic").path("deadLettered").asInt()).isEqualTo(3);
            assertThat(get(management + "/actuator/health")).contains("\"elasticsearch\"").contains("reads clicks at ")
                    .contains("into stream clicks");
        }
    }

    /** What the bridge has not got rid of, it reads again, by another replica too. */
    @Test
    void bridge_whileKinesisRefuses_keepsItsPosition() throws Exception {
        try (KinesisStream stream = kinesis.stream("held"); FaultyProxy proxy = kinesis.proxy()) {
            stream.create(1);
            index.fill("held", "a", 0, 50, Long::toString);
            String[] settings = with(bridge("held", "http://127.0.0.1:" + proxy.port()), "--doorstep.ingest.elasticsearch.lookback=1s");
            try (ConfigurableApplicationContext service = service("held", kafka.bootstrapServers(), settings)) {
                patiently().until(() -> health(service).contains("into stream held from the start"));
                patiently().until(() -> readTo(service, "stream held", "held") == AT + 49_000);
                proxy.refuse("Kinesis_20131202.PutRecords", 1, 500, "InternalFailure");
                index.fill("held", "a", 50, 60, Long::toString);
                patiently().untilAsserted(() -> assertThat(health(service))
                        .contains("stream held in eu-central-1 can't be written to: InternalFailure"));
                // Longer than the lookback, after which it would have been written down.
                patiently().during(Duration.ofSeconds(3)).until(() -> readTo(service, "stream held", "held") == AT + 49_000);
            }
            proxy.heal();
            try (ConfigurableApplicationContext service = service("held", kafka.bootstrapServers(), settings)) {
                patiently().untilAsserted(
                        () -> assertThat(health(service)).contains("into stream held from " + Instant.ofEpochMilli(AT + 49_000)));
                patiently().untilAsserted(() -> assertThat(ids(stream)).hasSize(60));
            }
        }
    }

    /** What Kafka has not acknowledged is handed on until it has, and no position passes it. */
    @Test
    @CapturesOutput
    void source_whileKafkaIsAway_keepsItsPosition_andLosesNothing(CapturedOutput output) throws Exception {
        index.fill("away", "away", 0, 20, Long::toString);
        try (FaultyProxy proxy = kafka.proxy();
                ConfigurableApplicationContext service = service("away", "127.0.0.1:" + proxy.port(),
                        "--doorstep.ingest.elasticsearch.lookback=1s")) {
            patiently().until(() -> health(service).contains("into Kafka from the start"));
            patiently().until(() -> readTo(service, "Kafka", "away") == AT + 19_000);
            proxy.stall();
            index.fill("away", "away", 20, 30, Long::toString);
            patiently().untilAsserted(() -> assertThat(output.getAll()).contains("source elasticsearch: Kafka did not acknowledge"));
            patiently().during(Duration.ofSeconds(3)).until(() -> readTo(service, "Kafka", "away") == AT + 19_000);
            proxy.heal();
            patiently().until(() -> readTo(service, "Kafka", "away") == AT + 29_000);
            try (Records seen = new Records(kafka.bootstrapServers())) {
                for (int i = 0; i < 30; i++) {
                    seen.awaitEvent("away-" + i);
                }
            }
        }
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(60));
    }

    /** A service that reads an index. */
    private static ConfigurableApplicationContext service(String name, String brokers, String... more) {
        return new SpringApplicationBuilder(IngestApplication.class).run(with(more, "--spring.kafka.bootstrap-servers=" + brokers,
                "--doorstep.store.endpoint=" + dynamoDb.endpoint(), "--doorstep.store.create-tables=true",
                "--doorstep.dead-letters.archive=" + directory.resolve("archive-of-" + name),
                "--doorstep.dead-letters.keys[0]=" + Records.KEY, "--server.port=0", "--management.server.port=0",
                "--doorstep.ingest.elasticsearch.index=" + name, "--doorstep.ingest.elasticsearch.urls=" + openSearch.endpoint()));
    }

    /** And writes it to a stream instead of Kafka. */
    private static String[] bridge(String stream, String endpoint) {
        return new String[]{"--doorstep.ingest.bridge.stream=" + stream, "--doorstep.ingest.bridge.endpoint=" + endpoint};
    }

    private static String[] with(String[] some, String... more) {
        return Stream.of(some, more).flatMap(Arrays::stream).toArray(String[]::new);
    }

    private static long readTo(ConfigurableApplicationContext service, String sink, String name) {
        return new SourcePositions(service.getBean(DynamoDbClient.class), service.getBean(StoreSettings.class), Clock.systemUTC())
                .read(String.join("|", "elasticsearch", sink, name, "null", "null")).readTo();
    }

    private static String health(ConfigurableApplicationContext service) {
        return String.valueOf(service.getBean("elasticsearchHealthIndicator", HealthIndicator.class).health());
    }

    private static Set<String> ids(KinesisStream stream) {
        String shard = stream.client().listShards(request -> request.streamName("held")).shards().getFirst().shardId();
        String iterator = stream.client().getShardIterator(request -> request.streamName("held").shardId(shard)
                .shardIteratorType(ShardIteratorType.TRIM_HORIZON)).shardIterator();
        return stream.client().getRecords(request -> request.shardIterator(iterator)).records().stream()
                .map(each -> JSON.readTree(each.data().asByteArray()).path("_id").asString()).collect(Collectors.toSet());
    }

    private String get(String url, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}
