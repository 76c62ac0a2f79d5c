package dev.doorstep.ingestservice.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.Tables;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.ingestservice.CapturesOutput;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.RecordingSink;
import dev.doorstep.ingestservice.source.SourceStatus;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.KinesisNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** On a running emulator, by Kinesis' own protocol, with leases in DynamoDB Local. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT) // they wait for leases, most of the time
class KinesisSourceTest {
    @TempDir
    static Path directory;

    private static KinesisNode node;
    private static FaultyProxy proxy;
    private static DynamoDbNode dynamoDb;
    private static DynamoDbClient dynamo;
    private static StoreSettings store;

    private static SourcePositions positions;

    private final List<KinesisSource> sources = new ArrayList<>();
    private final List<SourceStatus> statuses = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

    @BeforeAll
    static void startParts() {
        // The stand-in for fan-out speaks JSON; the emulator speaks both.
        System.setProperty("aws.cborEnabled", "false");
        assumeThat(KinesisNode.missing()).as("%s", KinesisNode.missing()).isNull();
        node = KinesisNode.start(directory);
        proxy = node.proxy();
        dynamoDb = DynamoDbNode.inMemory(directory);
        store = store(dynamoDb.endpoint(), Duration.ofDays(14));
        dynamo = DynamoDbClient.builder().endpointOverride(URI.create(dynamoDb.endpoint())).region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))).build();
        Tables.prepare(dynamo, store);
        positions = new SourcePositions(dynamo, store, Clock.systemUTC());
    }

    @AfterAll
    static void stopParts() {
        System.clearProperty("aws.cborEnabled");
        if (node != null) {
            dynamo.close();
            dynamoDb.close();
            proxy.close();
            node.close();
        }
    }

    @AfterEach
    void stopSources() {
        sources.forEach(KinesisSource::stop);
    }

    @Test
    void twoWorkers_twoShards_aggregatedSplitAndMerged_readEverything() throws Exception {
        try (Stream stream = new Stream(node, "shared")) {
            stream.create(2);
            stream.put(0, 100);
            stream.putAggregated(100, 130);
            RecordingSink first = start("shared", "one", Map.of());
            RecordingSink second = start("shared", "two", Map.of());
            await(90).untilAsserted(() -> assertThat(read(first, second)).containsAll(documents(0, 130)));
            // 1. Each replica has a shard, and nothing was read by both.
            await(90).untilAsserted(
                    () -> assertThat(statuses).allSatisfy(each -> assertThat(line(each)).isEqualTo("reads 1 shards of shared")));
            // The second may have come after all was read.
            assertThat(first.counts().keySet()).noneMatch(second.counts()::containsKey);
            // 2. A shard is split and others are merged while documents come in: those of the children wait for the parents' end.
            stream.put(130, 200);
            stream.split();
            stream.put(200, 300);
            stream.merge();
            stream.put(300, 400);
            await(90).untilAsserted(() -> assertThat(read(first, second)).containsAll(documents(0, 400)));
            assertThat(first.counts().values()).allMatch(count -> count == 1);
            assertThat(first.counts().keySet()).anyMatch(position -> position.matches("shardId-\\d+/\\d+(/29)?"));
            // 3. The parents' leases say that they are read to their end.
            await(30).untilAsserted(
                    () -> assertThat(leases("app-shared").values()).filteredOn(each -> text(each, "checkpoint").equals("SHARD_END"))
                            .hasSizeGreaterThanOrEqualTo(3));
            assertThat(metrics.get("doorstep.kinesis.iterator.age.seconds").gauges()).isNotEmpty();
        }
    }

    /** As it ships: leases by the library's own assignment, which the other tests go without, since it takes its time. */
    @Test
    void twoWorkers_asShipped_readEverything() throws Exception {
        try (Stream stream = new Stream(node, "modern")) {
            stream.create(2);
            stream.put(0, 40);
            RecordingSink first = start("modern", "one", Map.of("kcl2-compatible", "false"));
            RecordingSink second = start("modern", "two", Map.of("kcl2-compatible", "false"));
            await(100).untilAsserted(() -> assertThat(read(first, second)).containsAll(documents(0, 40)));
            stream.put(40, 80);
            await(60).untilAsserted(() -> assertThat(read(first, second)).containsAll(documents(0, 80)));
        }
    }

    @Test
    void leaseStolen_whileItsOwnerStillWrites_nothingIsLost_andTheCheckpointIsNotMovedBack() throws Exception {
        try (Stream stream = new Stream(node, "stolen")) {
            stream.create(1);
            stream.put(0, 50);
            // 1. The first owner has read, and hangs while it hands on.
            RecordingSink first = start("stolen", "one", Map.of("poll-interval", "200ms"), 0);
            await(90).until(first::isWaitedFor);
            // 2. Another one takes its lease, as a replica does that has waited for too long, and reads everything.
            steal("app-stolen", "two");
            RecordingSink second = start("stolen", "two", Map.of("poll-interval", "200ms"));
            await(90).untilAsserted(() -> assertThat(read(second)).containsAll(documents(0, 50)));
            stream.put(50, 100);
            await(90).untilAsserted(() -> assertThat(read(second)).containsAll(documents(0, 100)));
            // The checkpoint is beyond what the first one has: were it written down late, it would go back.
            String last = second.counts().keySet().stream().map(position -> position.replaceAll(".*/", "")).max(String::compareTo).get();
            await(30).until(() -> checkpoint("app-stolen").equals(last));
            // 3. The first one wakes, hands on what it had and finds its lease gone.
            first.allow(1_000);
            await(90).untilAsserted(() -> assertThat(read(first)).containsAll(documents(0, 50)));
            await(90).untilAsserted(() -> assertThat(line(statuses.getFirst())).startsWith("other replicas read"));
            assertThat(checkpoint("app-stolen")).isEqualTo(last);
            assertThat(leases("app-stolen").values()).allMatch(each -> text(each, "leaseOwner").equals("two"));
        }
    }

    @Test
    void throttledAndExpired_readOn() throws Exception {
        try (Stream stream = new Stream(node, "throttled")) {
            stream.create(1);
            stream.put(0, 20);
            RecordingSink sink = start("throttled", "one",
                    Map.of("endpoint", "http://127.0.0.1:" + proxy.port(), "poll-interval", "200ms"));
            await(90).untilAsserted(() -> assertThat(read(sink)).containsAll(documents(0, 20)));
            proxy.refuse("Kinesis_20131202.GetRecords", 1, 400, "ProvisionedThroughputExceededException");
            stream.put(20, 40);
            await(10).during(Duration.ofSeconds(2)).until(() -> read(sink).size() == 20);
            proxy.heal();
            await(90).untilAsserted(() -> assertThat(read(sink)).containsAll(documents(0, 40)));
            proxy.refuse("Kinesis_20131202.GetRecords", 1, 400, "ExpiredIteratorException");
            stream.put(40, 60);
            await(10).during(Duration.ofSeconds(2)).until(() -> read(sink).size() == 40);
            proxy.heal();
            await(90).untilAsserted(() -> assertThat(read(sink)).containsAll(documents(0, 60)));
            assertThat(sink.counts().values()).allMatch(count -> count == 1);
        }
    }

    @Test
    void streamThatIsMissing_isOneLine_andReadOnceItIsThere_fromTheLatest() throws Exception {
        try (Stream stream = new Stream(node, "absent"); FaultyProxy held = node.proxy()) {
            String endpoint = "http://127.0.0.1:" + held.port();
            RecordingSink sink = start("absent", "one", Map.of("start", "latest", "endpoint", endpoint));
            await(30).untilAsserted(() -> assertThat(line(statuses.getFirst()))
                    .startsWith("stream absent in eu-central-1 at " + endpoint + ": ResourceNotFoundException")
                    .endsWith("; check doorstep.ingest.kinesis.stream and doorstep.ingest.kinesis.region"));
            // Its first records are there before the source sees it, by a second: that is how finely the emulator tells times.
            held.refuse("Kinesis_20131202.DescribeStreamSummary", 1, 400, "ResourceNotFoundException");
            stream.create(1);
            stream.put(0, 10);
            awaitNextSecond();
            held.heal();
            await(90).untilAsserted(() -> assertThat(line(statuses.getFirst())).isEqualTo("reads 1 shards of absent"));
            await(30).until(() -> {
                stream.put(10, 11);
                return read(sink).contains("d-10");
            });
            assertThat(read(sink)).containsExactly("d-10");
        }
    }

    @Test
    void latest_isSettledOnce_whoeverBeginsAgain() throws Exception {
        try (Stream stream = new Stream(node, "newest")) {
            stream.create(1);
            stream.put(0, 10);
            awaitNextSecond();
            // 1. A replica reads, and nothing has come when it ends: there is nothing that it could keep as its checkpoint.
            start("newest", "one", Map.of("start", "latest"));
            await(90).untilAsserted(() -> assertThat(line(statuses.getFirst())).isEqualTo("reads 1 shards of newest"));
            sources.removeFirst().stop();
            // 2. What comes before the next one reads is not older than the latest of then.
            stream.put(10, 20);
            RecordingSink second = start("newest", "two", Map.of("start", "latest"));
            await(90).untilAsserted(() -> assertThat(read(second)).containsExactlyInAnyOrderElementsOf(documents(10, 20)));
        }
    }

    @Test
    void startAtAnInstant_leavesOutWhatCameBefore() throws Exception {
        try (Stream stream = new Stream(node, "dated")) {
            stream.create(1);
            stream.put(0, 20);
            Instant start = awaitNextSecond();
            stream.put(20, 40);
            RecordingSink sink = start("dated", "one", Map.of("start", start.toString()));
            await(90).untilAsserted(() -> assertThat(read(sink)).containsExactlyInAnyOrderElementsOf(documents(20, 40)));
        }
    }

    @Test
    void stopped_keepsItsCheckpoint_andTheNextOneGoesOnThere() throws Exception {
        try (Stream stream = new Stream(node, "stopped")) {
            stream.create(1);
            stream.put(0, 30);
            RecordingSink first = start("stopped", "one", Map.of("start", "2020-01-01T00:00:00Z"));
            await(90).untilAsserted(() -> assertThat(read(first)).containsAll(documents(0, 30)));
            sources.removeFirst().stop();
            stream.put(30, 60);
            RecordingSink second = start("stopped", "two", Map.of());
            await(90).untilAsserted(() -> assertThat(read(second)).containsExactlyInAnyOrderElementsOf(documents(30, 60)));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "AccessDeniedException     | DescribeStreamSummary: AccessDeniedException refused by a drill; the role needs kinesis:DescribeStreamSummary, ListShards",
            "InvalidSignatureException | DescribeStreamSummary: InvalidSignatureException refused by a drill; check this machine's clock and credentials"})
    void refusal_isOneLine(String error, String expected) {
        try (FaultyProxy refusing = node.proxy()) {
            refusing.refuse("Kinesis_20131202.DescribeStreamSummary", 1, 400, error);
            start("refused", "one", Map.of("endpoint", "http://127.0.0.1:" + refusing.port()));
            await(30).untilAsserted(() -> assertThat(line(statuses.getFirst()))
                    .startsWith("stream refused in eu-central-1 at http://127.0.0.1:" + refusing.port() + ": " + expected)
                    .doesNotContain("\n"));
            assertThat(statuses.getFirst().health().getStatus().getCode()).isEqualTo("DOWN");
        }
    }

    @Test
    void permissionToReadTakenAway_isOneLine_andReadOnOnceItIsBack() throws Exception {
        try (Stream stream = new Stream(node, "denied"); FaultyProxy refusing = node.proxy()) {
            stream.create(1);
            refusing.refuse("Kinesis_20131202.GetRecords", 1, 400, "AccessDeniedException");
            RecordingSink sink = start("denied", "one", Map.of("endpoint", "http://127.0.0.1:" + refusing.port()));
            await(90).untilAsserted(
                    () -> assertThat(line(statuses.getFirst())).isEqualTo("stream denied in eu-central-1 at http://127.0.0.1:"
                            + refusing.port()
                            + ": GetRecords: AccessDeniedException refused by a drill; the role needs kinesis:DescribeStreamSummary,"
                            + " ListShards, GetShardIterator, GetRecords"));
            assertThat(statuses.getFirst().health().getStatus().getCode()).isEqualTo("DOWN");
            stream.put(0, 10);
            refusing.heal();
            await(90).untilAsserted(() -> assertThat(read(sink)).containsAll(documents(0, 10)));
            await(30).untilAsserted(() -> assertThat(line(statuses.getFirst())).isEqualTo("reads 1 shards of denied"));
        }
    }

    @Test
    void leaseTableDenied_isOneLine() throws Exception {
        try (Stream stream = new Stream(node, "unleased"); FaultyProxy refusing = dynamoDb.proxy()) {
            stream.create(1);
            refusing.refuse("", 1, 400, "AccessDeniedException");
            start("unleased", "one", Map.of(), 1,
                    store("http://127.0.0.1:" + refusing.port(), Duration.ofDays(14)));
            await(60).untilAsserted(() -> assertThat(line(statuses.getFirst()))
                    .startsWith("lease table app-unleased in eu-central-1 at http://127.0.0.1:" + refusing.port() + ": ")
                    .contains("AccessDeniedException refused by a drill; the role needs dynamodb:CreateTable").doesNotContain("\n"));
            assertThat(statuses.getFirst().health().getStatus().getCode()).isEqualTo("DOWN");
        }
    }

    @Test
    void region_thatDoesNotExist_isOneLine() {
        start("anywhere", "one", Map.of("region", "eu-nowhere-1", "endpoint", "http://kinesis.eu-nowhere-1.invalid"));
        await(60).untilAsserted(() -> assertThat(line(statuses.getFirst()))
                .startsWith("stream anywhere in eu-nowhere-1 at http://kinesis.eu-nowhere-1.invalid: ")
                .contains("kinesis.eu-nowhere-1.invalid")
                .doesNotContain("\n"));
    }

    /** Whatever is wrong with it, the source does not end in silence. */
    @Test
    void endpoint_thatIsNoAddress_isOneLine() {
        start("anywhere", "one", Map.of("endpoint", "kinesis.local"));
        await(30).untilAsserted(() -> assertThat(line(statuses.getFirst()))
                .startsWith("stream anywhere in eu-central-1 at kinesis.local: ").doesNotContain("\n"));
        assertThat(statuses.getFirst().health().getStatus().getCode()).isEqualTo("DOWN");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "region=                 | doorstep.ingest.kinesis.region must not be empty; leave it out for the store's",
            "application=a b         | doorstep.ingest.kinesis.application names tables and must have 3 to 200 letters, digits, _, . or -: a b",
            "start=yesterday         | doorstep.ingest.kinesis.start must be horizon, latest or an instant such as 2026-01-01T00:00:00Z: yesterday",
            "poll-interval=100ms     | doorstep.ingest.kinesis.poll-interval must lie between PT0.2S and PT1M: PT0.1S",
            "failover=1h             | doorstep.ingest.kinesis.failover must lie between PT1S and PT5M: PT1H",
            "checkpoint-interval=10ms | doorstep.ingest.kinesis.checkpoint-interval must lie between PT0.1S and PT5M: PT0.01S"})
    void settings_thatCantBe_areRefused(String setting, String expected) {
        String[] parts = setting.split("=", -1);
        assertThatThrownBy(() -> start("any", "one", Map.of(parts[0], parts[1].strip()))).hasStackTraceContaining(expected);
    }

    /** What is read anew from further back than events are known would count twice. */
    @Test
    @CapturesOutput
    void streamThatKeepsRecordsLongerThanEventsAreKnown_isTold(CapturedOutput output) {
        try (Stream stream = new Stream(node, "kept")) {
            stream.create(1);
            stream.keepFor(Duration.ofDays(7));
            start("kept", "one", Map.of(), 1, store(dynamoDb.endpoint(), Duration.ofDays(7)));
            await(60).untilAsserted(() -> assertThat(line(statuses.getFirst())).isEqualTo("reads 1 shards of kept"));
            assertThat(output.getAll()).doesNotContain("stream kept keeps");
            start("kept", "two", Map.of(), 1, store(dynamoDb.endpoint(), Duration.ofDays(6)));
            await(60).untilAsserted(() -> assertThat(output.getAll()).contains("stream kept keeps records for 7 days, and events are known"
                    + " for 6: what is read anew from before that counts twice; set doorstep.store.event-retention to 7d"));
        }
    }

    /** Against the published contract, since no emulator has it. */
    @Test
    void fanOut_isPushedTo_andSubscribesAgainAfterTheLastRecord() throws Exception {
        try (PublishedKinesis kinesis = new PublishedKinesis()) {
            RecordingSink sink = start("fanned", "one", Map.of("consumer", "fan-out", "endpoint", kinesis.endpoint()));
            await(90).untilAsserted(() -> assertThat(read(sink)).containsAll(documents(0, 20)));
            assertThat(sink.counts().values()).allMatch(count -> count == 1);
            assertThat(kinesis.subscriptions().get(0).path("ConsumerARN").asString())
                    .isEqualTo("arn:aws:kinesis:eu-central-1:123456789012:stream/fanned/consumer/app-fanned:1");
            assertThat(kinesis.subscriptions().get(0).path("StartingPosition").path("Type").asString()).isEqualTo("TRIM_HORIZON");
            assertThat(kinesis.subscriptions().get(1).path("StartingPosition").path("Type").asString()).isEqualTo("AFTER_SEQUENCE_NUMBER");
            assertThat(kinesis.subscriptions().get(1).path("StartingPosition").path("SequenceNumber").asString()).isEqualTo("1009");
            stopSources();
            sources.clear();
            await(30).untilAsserted(() -> assertThat(checkpoint("app-fanned")).isEqualTo("1019"));
        }
    }

    private RecordingSink start(String stream, String worker, Map<String, String> more) {
        return start(stream, worker, more, 1_000_000);
    }

    private RecordingSink start(String stream, String worker, Map<String, String> more, int pages) {
        return start(stream, worker, more, pages, store);
    }

    private RecordingSink start(String stream, String worker, Map<String, String> more, int pages, StoreSettings leases) {
        Map<String, String> properties = new HashMap<>(Map.of("doorstep.ingest.kinesis.stream", stream, "doorstep.ingest.kinesis.endpoint",
                node.endpoint(), "doorstep.ingest.kinesis.application", "app-" + stream, "doorstep.ingest.kinesis.failover", "2s",
                "doorstep.ingest.kinesis.kcl2-compatible", "true", "doorstep.ingest.instance", worker));
        more.forEach((key, value) -> properties.put("doorstep.ingest.kinesis." + key, value));
        Binder binder = new Binder(new MapConfigurationPropertySource(properties));
        KinesisSettings settings = binder.bind("doorstep.ingest.kinesis", KinesisSettings.class).get();
        RecordingSink sink = new RecordingSink(pages);
        SourceStatus status = new SourceStatus("kinesis-" + worker, metrics, Clock.systemUTC());
        statuses.add(status);
        KinesisSource source = new KinesisSource(settings, leases, positions, binder.bind("doorstep.ingest", IngestSettings.class).get(),
                sink, status,
                metrics, Clock.systemUTC());
        sources.add(source);
        source.start();
        return sink;
    }

    private static StoreSettings store(String endpoint, Duration eventRetention) {
        return new StoreSettings(URI.create(endpoint), "eu-central-1", "test", true, Duration.ofSeconds(10), eventRetention,
                Duration.ofDays(30), Duration.ofDays(8));
    }

    private static Set<String> read(RecordingSink... sinks) {
        Set<String> ids = new TreeSet<>();
        for (RecordingSink sink : sinks) {
            sink.texts().forEach(text -> ids.add(text.replaceAll("\\{\"_id\":\"([^\"]*)\".*", "$1")));
        }
        return ids;
    }

    private static Set<String> documents(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "d-" + i).collect(Collectors.toSet());
    }

    private static Map<String, Map<String, AttributeValue>> leases(String table) {
        return dynamo.scan(request -> request.tableName(table).consistentRead(true)).items().stream()
                .filter(each -> each.containsKey("checkpoint")).collect(Collectors.toMap(each -> text(each, "leaseKey"), each -> each));
    }

    private static String text(Map<String, AttributeValue> item, String name) {
        AttributeValue value = item.get(name);
        return value == null ? "" : value.s();
    }

    private static String checkpoint(String table) {
        String checkpoint = text(leases(table).values().iterator().next(), "checkpoint");
        return checkpoint.matches("\\d+") ? checkpoint : "";
    }

    /** What the library does to a lease that it takes. */
    private static void steal(String table, String owner) {
        String key = leases(table).keySet().iterator().next();
        dynamo.updateItem(request -> request.tableName(table).key(Map.of("leaseKey", AttributeValue.fromS(key)))
                .updateExpression("SET leaseOwner = :owner ADD leaseCounter :one, ownerSwitchesSinceCheckpoint :one")
                .expressionAttributeValues(Map.of(":owner", AttributeValue.fromS(owner), ":one", AttributeValue.fromN("1"))));
    }

    private static String line(SourceStatus status) {
        return String.valueOf(status.health().getDetails().get("line"));
    }

    /** Arrivals are told to the second. */
    private static Instant awaitNextSecond() {
        Instant next = Clock.systemUTC().instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
        await(30).until(() -> Clock.systemUTC().instant().isAfter(next));
        return next;
    }

    private static ConditionFactory await(int seconds) {
        return Awaitility.await().atMost(Duration.ofSeconds(seconds));
    }
}
