package dev.doorstep.ingestservice.elasticsearch;

import static dev.doorstep.ingestservice.elasticsearch.Index.AT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.featurestore.SourcePositions;
import dev.doorstep.featurestore.StoreClient;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.Tables;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.RecordingSink;
import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.OpenSearchNode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** On a real OpenSearch node and DynamoDB Local. */
class ElasticsearchSourceTest {
    private static final String DATE = "{\"type\":\"date\"}";

    @TempDir
    static Path directory;

    private static OpenSearchNode node;
    private static FaultyProxy proxy;
    private static DynamoDbNode dynamoDb;
    private static DynamoDbClient client;
    private static StoreSettings store;
    private static SourcePositions positions;
    private static Index index;

    private final List<ElasticsearchSource> sources = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private SourceStatus status = new SourceStatus("elasticsearch", metrics, Clock.systemUTC());

    @BeforeAll
    static void startParts() {
        node = OpenSearchNode.start(Path.of(".."), directory);
        proxy = node.proxy();
        index = new Index(node);
        dynamoDb = DynamoDbNode.inMemory(directory);
        store = new StoreSettings(URI.create(dynamoDb.endpoint()), "eu-central-1", "test", true, Duration.ofSeconds(10),
                Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
        client = StoreClient.patient(store);
        Tables.prepare(client, store);
        positions = new SourcePositions(client, store, Clock.systemUTC());
    }

    @AfterAll
    static void stopParts() {
        client.close();
        dynamoDb.close();
        proxy.close();
        node.close();
    }

    @AfterEach
    void stopSources() {
        proxy.heal();
        sources.forEach(ElasticsearchSource::stop);
    }

    @Test
    void documents_inManyPagesAndSlices_areReadOnceAndFollowed() throws Exception {
        index.create("many", DATE);
        index.fill("many", "a", 0, 1_000, Long::toString);
        RecordingSink sink = start("many", Map.of("page-size", "70"));
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(1_000));
        index.fill("many", "a", 1_000, 1_200, Long::toString);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(1_200));
        // 1. What is late, but less than the lookback, is found by the next sweep.
        index.put("many", "late", "{\"createdDateTime\":" + (AT + 1_000_500) + "}");
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("many/late"));
        // 2. However often it was looked through.
        assertThat(sink.counts().values()).allMatch(count -> count == 1);
        assertThat(sink.texts()).anySatisfy(text -> assertThat(text).startsWith("{\"_index\":\"many\"").contains("\"_source\":{\"created"));
        assertThat(status.health().getDetails()).containsEntry("state", "reading");
    }

    @Test
    void documentsOfLongAgo_thatShowAfterNewerOnes_areRead() throws Exception {
        index.create("old", DATE);
        Map<String, String> settings = Map.of("lookback", "30s");
        RecordingSink sink = start("old", settings);
        index.put("old", "newest", "{\"createdDateTime\":" + (AT + 3_600_000) + "}");
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("old/newest"));
        // 1. Shards show what came at once one after the other, by far more than the lookback of their own time.
        index.put("old", "older", "{\"createdDateTime\":" + AT + "}");
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(sink.counts()).containsKey("old/older"));
        // 2. Also when the source is started anew in between.
        stopSources();
        index.put("old", "oldest", "{\"createdDateTime\":" + (AT - 3_600_000) + "}");
        RecordingSink second = start("old", settings);
        await().untilAsserted(() -> assertThat(second.counts()).containsKey("old/oldest"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "nanos  | {\"type\":\"date_nanos\"}                                       | date",
            "long   | {\"type\":\"long\"}                                             | number",
            "word   | {\"type\":\"keyword\"}                                          | digits",
            "text   | {\"type\":\"text\",\"fields\":{\"keyword\":{\"type\":\"keyword\"}}} | digits",
            "iso    | {\"type\":\"keyword\"}                                          | iso"})
    void mapping_ofEachKind_isReadFromAndFollowed(String name, String mapping, String kind) throws Exception {
        LongFunction<String> time = switch (name) {
            case "word", "text" -> millis -> "\"" + millis + "\"";
            case "iso" -> millis -> "\"" + Instant.ofEpochMilli(millis) + "\"";
            default -> Long::toString;
        };
        index.create(name, mapping);
        index.fill(name, "a", 0, 60, time);
        if (mapping.contains("keyword")) {
            index.put(name, "odd", "{\"createdDateTime\":\"!not a time\"}");
        }
        RecordingSink sink = start(name, Map.of("from", Instant.ofEpochMilli(AT + 20_000).toString(), "page-size", "7"));
        int odd = mapping.contains("keyword") ? 1 : 0;
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(40 + odd));
        index.fill(name, "a", 60, 80, time);
        await().untilAsserted(
                () -> assertThat(sink.counts()).hasSize(60 + odd).containsKey(name + "/a-20").doesNotContainKey(name + "/a-19"));
        assertThat(line()).contains("(as " + kind + ")");
    }

    /** An empty index tells nothing of the texts that come. */
    @Test
    void textsOfAnotherForm_thanAnEmptyIndexLetExpect_areFollowedInTheirOrder() throws Exception {
        index.create("fresh", "{\"type\":\"keyword\"}");
        RecordingSink sink = start("fresh", Map.of());
        await().untilAsserted(() -> assertThat(line()).contains("(as digits)"));
        index.fill("fresh", "a", 0, 50, millis -> "\"" + Instant.ofEpochMilli(millis) + "\"");
        await().untilAsserted(() -> assertThat(line()).contains("(as iso)"));
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(50));
        index.fill("fresh", "a", 50, 60, millis -> "\"" + Instant.ofEpochMilli(millis) + "\"");
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(60));
    }

    @Test
    void span_ofTexts_endsInTheMiddleOfASecond() throws Exception {
        index.create("cut", "{\"type\":\"keyword\"}");
        index.fill("cut", "a", 0, 5, millis -> "\"" + Instant.ofEpochMilli(millis - 293) + "\"");
        index.put("cut", "within", "{\"createdDateTime\":\"" + Instant.ofEpochMilli(AT - 293 + 4_250) + "\"}");
        index.put("cut", "beyond", "{\"createdDateTime\":\"" + Instant.ofEpochMilli(AT - 293 + 4_750) + "\"}");
        RecordingSink sink = start("cut", Map.of("to", Instant.ofEpochMilli(AT - 293 + 4_500).toString(), "lookback", "1s"));
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(sink.counts()).hasSize(6).containsKey("cut/within").doesNotContainKey("cut/beyond");
    }

    /** They stand elsewhere than their time would, and so are asked for whatever the span. */
    @Test
    void span_ofTexts_holdsForThoseOfAnotherForm() throws Exception {
        index.create("mixed", "{\"type\":\"keyword\"}");
        index.fill("mixed", "a", 0, 50, millis -> "\"" + millis + "\"");
        index.put("mixed", "before", "{\"createdDateTime\":\"2020-01-01T00:00:00Z\"}");
        index.put("mixed", "within", "{\"createdDateTime\":\"" + Instant.ofEpochMilli(AT + 25_000) + "\"}");
        index.put("mixed", "after", "{\"createdDateTime\":\"2025-01-01T00:00:00Z\"}");
        RecordingSink sink = start("mixed", Map.of("from", Instant.ofEpochMilli(AT + 20_000).toString(), "to",
                Instant.ofEpochMilli(AT + 30_000).toString(), "lookback", "1s"));
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(sink.counts()).hasSize(11).containsKeys("mixed/a-20", "mixed/a-29", "mixed/within");
    }

    /** Without seconds a text comes after all others of its minute. */
    @Test
    void span_ofTextsWithoutSeconds_endsInTheMiddleOfAMinute() throws Exception {
        index.create("minutes", "{\"type\":\"keyword\"}");
        for (int minute = 0; minute < 6; minute++) {
            index.put("minutes", "m-" + minute, "{\"createdDateTime\":\"2024-11-17T21:0" + minute + "Z\"}");
        }
        RecordingSink sink = start("minutes", Map.of("from", "2024-11-17T21:01:30Z", "to", "2024-11-17T21:04:30Z", "lookback", "1s"));
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(sink.counts()).containsOnlyKeys("minutes/m-2", "minutes/m-3", "minutes/m-4");
    }

    /** As after a rollover into an index whose mapping comes with its first document. */
    @Test
    void indexOfThePattern_thatDoesNotKnowTheField_holdsNothingUp() throws Exception {
        index.create("unknown-1", DATE);
        index.ask("PUT", "/unknown-2", "{\"settings\":{\"number_of_replicas\":0}}");
        index.fill("unknown-1", "a", 0, 20, Long::toString);
        RecordingSink sink = start("unknown-*", Map.of("page-size", "7"));
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(20));
        ElasticsearchSettings settings = new Binder(new MapConfigurationPropertySource(Map.of("doorstep.ingest.elasticsearch.index",
                "unknown-*", "doorstep.ingest.elasticsearch.urls", node.endpoint())))
                .bind("doorstep.ingest.elasticsearch", ElasticsearchSettings.class).get();
        try (SearchClient search = new SearchClient(settings, null, AnonymousCredentialsProvider.create())) {
            assertThat(Cluster.of(search, settings, false, Clock.systemUTC()).tiebreak()).isEqualTo("_shard_doc");
        }
    }

    @Test
    void replicaThatCantRead_letsTheOtherRead() throws Exception {
        index.create("shared", DATE);
        index.fill("shared", "a", 0, 20, Long::toString);
        RecordingSink none = new RecordingSink(100);
        start("shared", Map.of("urls", "http://127.0.0.1:1"), none, "cut-off", status);
        await().untilAsserted(() -> assertThat(line()).contains("Connection refused"));
        RecordingSink sink = new RecordingSink(100);
        start("shared", Map.of(), sink, "healthy", new SourceStatus("healthy", metrics, Clock.systemUTC()));
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(20));
        await().untilAsserted(() -> assertThat(status.health().getDetails()).containsEntry("state", "standby"));
        assertThat(metrics.get("doorstep.ingest.source.up").tag("source", "elasticsearch").gauge().value())
                .as("it could not read when it had its turn").isZero();
    }

    @Test
    void textWithoutKeyword_isReadOnceAndSaysSo() throws Exception {
        index.create("plain", "{\"type\":\"text\"}");
        index.fill("plain", "a", 0, 100, millis -> "\"" + millis + "\"");
        RecordingSink sink = start("plain", Map.of("from", Instant.ofEpochMilli(AT + 20_000).toString(), "to",
                Instant.ofEpochMilli(AT + 90_000).toString(), "page-size", "9"), 0);
        await().until(sink::isWaitedFor);
        assertThat(line()).as("said at start").contains("once from start to end").contains("new documents are not followed");
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(70));
        // 1. It says so once it is at the end: what is not read any more is not late.
        await().untilAsserted(() -> assertThat(status.health().getDetails()).containsEntry("state", "done"));
        assertThat(line()).contains("new documents are not followed, since createdDateTime is a text").contains("read to its end");
        assertThat(metrics.get("doorstep.ingest.source.delay.seconds").gauge().value()).isZero();
        awaitDone("plain", sink);
    }

    @Test
    void span_readToItsEnd_isNotReadAgain() throws Exception {
        index.create("span", DATE);
        index.fill("span", "a", 0, 50, Long::toString);
        Map<String, String> settings = Map.of("to", Instant.ofEpochMilli(AT + 30_000).toString());
        RecordingSink sink = start("span", settings);
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(sink.counts()).hasSize(30);
        stopSources();
        status = new SourceStatus("elasticsearch", new SimpleMeterRegistry(), Clock.systemUTC());
        RecordingSink second = start("span", settings);
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(second.counts()).isEmpty();
    }

    @Test
    void span_thatEnds_isLookedThroughOnceMoreForLateOnes() throws Exception {
        index.create("ending", DATE);
        index.put("ending", "first", "{\"createdDateTime\":" + (AT + 3_500_000) + "}");
        Instant to = Instant.ofEpochMilli(AT + 3_600_000);
        AtomicReference<Instant> now = new AtomicReference<>(to.minusSeconds(2));
        InstantSource time = now::get;
        RecordingSink sink = new RecordingSink(100_000);
        start("ending", Map.of("to", to.toString(), "lookback", "1h", "slices", "1"), sink, "only", status, time.withZone(ZoneOffset.UTC));
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("ending/first"));
        // 1. A sweep just before the end, which is known to be over by what it settles and the next poll writes down.
        now.set(to.plusSeconds(3_598));
        await().untilAsserted(() -> {
            now.updateAndGet(last -> last.isBefore(to.plusSeconds(3_600)) ? last.plusMillis(20) : last);
            assertThat(readTo(sink, "ending", to)).isEqualTo(AT + 3_500_000);
        });
        // 2. What shows after it, and is older than what polls look back to.
        index.put("ending", "late", "{\"createdDateTime\":" + AT + "}");
        now.set(to.plusSeconds(3_601));
        await().untilAsserted(() -> assertThat(line()).contains("read to its end"));
        assertThat(sink.counts()).containsEntry("ending/late", 1).hasSize(2);
    }

    @Test
    void slices_areReadAtOnce() throws Exception {
        index.create("sliced", DATE);
        index.fill("sliced", "a", 0, 200, Long::toString);
        RecordingSink sink = start("sliced", Map.of("page-size", "10", "slices", "3"), 0);
        await().until(() -> sink.waiting() == 3);
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(200));
    }

    /** A position beyond what the slowest has handed on would lose the rest of it. */
    @Test
    void slices_positionIsThatOfTheSlowest() throws Exception {
        index.create("slowest", DATE);
        index.fill("slowest", "a", 0, 300, Long::toString);
        AtomicReference<Thread> slow = new AtomicReference<>();
        AtomicLong handedOn = new AtomicLong();
        CountDownLatch released = new CountDownLatch(1);
        DocumentSink sink = new DocumentSink() {
            @Override
            public String name() {
                return "a slow test";
            }

            @Override
            public boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier wanted) throws InterruptedException {
                if (slow.compareAndSet(null, Thread.currentThread())) {
                    String last = documents.getLast().position();
                    handedOn.set(AT + Long.parseLong(last.substring(last.lastIndexOf('-') + 1)) * 1_000);
                } else if (slow.get() == Thread.currentThread()) {
                    released.await();
                }
                return true;
            }
        };
        ElasticsearchSettings settings = settings("slowest", Map.of("page-size", "10"), "only").bind("doorstep.ingest.elasticsearch",
                ElasticsearchSettings.class).get();
        List<Long> positions = new CopyOnWriteArrayList<>();
        try (SearchClient search = new SearchClient(settings, null, AnonymousCredentialsProvider.create())) {
            Scan scan = new Scan(Cluster.of(search, settings, false, Clock.systemUTC()), sink, settings, () -> true);
            FutureTask<Boolean> run = new FutureTask<>(() -> scan.run(new Scan.Span(0, null), 2, (_, _) -> true, positions::add));
            Thread.ofVirtual().start(run);
            // 1. The fast one is at its end, the slow one has handed on one page.
            AtomicInteger still = new AtomicInteger();
            await().during(Duration.ofSeconds(1))
                    .until(() -> positions.size() > 5 && still.getAndSet(positions.size()) == positions.size());
            assertThat(positions).allMatch(position -> position <= handedOn.get());
            released.countDown();
            assertThat(run.get()).isTrue();
        }
        assertThat(positions.getLast()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void pointInTime_goneInTheMiddle_nothingIsMissing() throws Exception {
        index.create("gone", DATE);
        index.fill("gone", "a", 0, 600, Long::toString);
        // 1. Four slices have handed on two pages each of twenty documents, and wait.
        RecordingSink sink = start("gone", Map.of("page-size", "20"), 8);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(160));
        // 2. The cluster forgets every point in time.
        index.ask("DELETE", "/_search/point_in_time/_all", "");
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(600));
        assertThat(metrics.counter("doorstep.ingest.source.restarts", "source", "elasticsearch", "reason", "point-in-time-gone").count())
                .isEqualTo(1);
    }

    @Test
    void busyCluster_isAskedAgain() throws Exception {
        index.create("busy", DATE);
        index.fill("busy", "a", 0, 300, Long::toString);
        RecordingSink sink = start("busy", Map.of("page-size", "20", "urls", "http://127.0.0.1:" + proxy.port()), 4);
        await().untilAsserted(() -> assertThat(sink.counts()).isNotEmpty());
        proxy.refuse("POST /", 0.5, 429, "es_rejected_execution_exception");
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(300));
        // With every poll a point in time is opened: those are refused as well.
        index.fill("busy", "a", 300, 310, Long::toString);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(310));
        assertThat(line()).startsWith("reads busy");
        assertThat(metrics.find("doorstep.ingest.source.restarts").counters()).isEmpty();
    }

    @Test
    void redShard_isTold_andReadOnceItIsBack() throws Exception {
        index.create("red-1", DATE);
        index.fill("red-1", "a", 0, 30, Long::toString);
        index.ask("PUT", "/red-2?timeout=100ms", """
                                                 {"settings":{"index.routing.allocation.require._name":"nobody","number_of_replicas":0},
                                                  "mappings":{"properties":{"createdDateTime":{"type":"date"}}}}""");
        RecordingSink sink = start("red-*", Map.of());
        await().untilAsserted(() -> assertThat(line()).contains("/red-*/_search/point_in_time at http://").contains("503"));
        assertThat(status.health().getStatus().getCode()).isEqualTo("DOWN");
        assertThat(sink.counts()).isEmpty();
        index.ask("PUT", "/red-2/_settings", "{\"index.routing.allocation.require._name\":null}");
        index.put("red-2", "b", "{\"createdDateTime\":" + AT + "}");
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(31));
        assertThat(status.health().getStatus().getCode()).isEqualTo("UP");
    }

    @Test
    void shardLostInTheMiddle_isWaitedFor_andNothingIsMissing() throws Exception {
        index.create("half-1", DATE);
        index.create("half-2", DATE);
        index.fill("half-1", "a", 0, 300, Long::toString);
        index.fill("half-2", "b", 300, 600, Long::toString);
        RecordingSink sink = start("half-*", Map.of("page-size", "20"), 8);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(160));
        String rerouted = node.ask("POST", "/_cluster/reroute?metric=routing_table",
                """
                {"commands":[{"cancel":{"index":"half-2","shard":0,"node":"%s","allow_primary":true}}]}"""
                        .formatted(node.ask("GET", "/_cat/nodes?h=name", "").strip()));
        assertThat(rerouted).as("the shard is nowhere until the cluster finds it again").contains("\"reason\":\"REROUTE_CANCELLED\"");
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(600));
        assertThat(status.health().getStatus().getCode()).isEqualTo("UP");
    }

    @Test
    void writeIndex_rolledOver_isFollowedByItsAlias() throws Exception {
        index.create("rolled-000001", DATE);
        index.ask("POST", "/_aliases", """
                                       {"actions":[{"add":{"index":"rolled-000001","alias":"rolled","is_write_index":true}}]}""");
        index.fill("rolled", "a", 0, 20, Long::toString);
        RecordingSink sink = start("rolled", Map.of());
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(20));
        index.ask("POST", "/rolled/_rollover", "{\"mappings\":{\"properties\":{\"createdDateTime\":" + DATE + "}}}");
        index.fill("rolled", "a", 20, 40, Long::toString);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(40).containsKey("rolled-000002/a-39"));
        // Whoever still had the old index in hand.
        index.fill("rolled-000001", "late", 38, 39, Long::toString);
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("rolled-000001/late-38"));
    }

    @Test
    void alias_movedToANewIndex_isFollowed() throws Exception {
        index.create("clicks-1", DATE);
        index.create("clicks-2", DATE);
        index.ask("POST", "/_aliases", "{\"actions\":[{\"add\":{\"index\":\"clicks-1\",\"alias\":\"clicks\"}}]}");
        index.fill("clicks-1", "a", 0, 20, Long::toString);
        RecordingSink sink = start("clicks", Map.of());
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(20));
        index.ask("POST", "/_aliases", """
                                       {"actions":[{"remove":{"index":"clicks-1","alias":"clicks"}},
                                                   {"add":{"index":"clicks-2","alias":"clicks"}}]}""");
        index.fill("clicks-2", "b", 20, 40, Long::toString);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(40).containsKey("clicks-2/b-39"));
    }

    @Test
    void replicas_oneReads_theOtherTakesOverWhereItStopped() throws Exception {
        index.create("two", DATE);
        index.fill("two", "a", 0, 500, Long::toString);
        RecordingSink first = new RecordingSink(100_000);
        RecordingSink second = new RecordingSink(100_000);
        Map<String, String> settings = Map.of("lookback", "5s");
        ElasticsearchSource reader = start("two", settings, first, "one", status);
        await().untilAsserted(() -> assertThat(first.counts()).hasSize(500));
        SourceStatus other = new SourceStatus("other", metrics, Clock.systemUTC());
        start("two", settings, second, "two", other);
        await().untilAsserted(() -> assertThat(other.health().getDetails()).containsEntry("state", "standby"));
        // 1. Nothing has become visible for as long as anything may.
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(readTo(first, "two", null)).isEqualTo(AT + 499_000));
        reader.stop();
        index.fill("two", "a", 500, 510, Long::toString);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(second.counts()).containsKey("two/a-509"));
        // 2. The lookback is read again, and no more.
        assertThat(second.counts()).containsKey("two/a-495").doesNotContainKey("two/a-490");
    }

    @Test
    void longDocuments_areReadOneByOne() throws Exception {
        index.create("blobs", "{\"type\":\"date\"},\"blob\":{\"type\":\"text\",\"index\":false}");
        String blob = "x".repeat(9 << 20);
        for (int i = 0; i < 5; i++) {
            index.put("blobs", "l" + i, "{\"createdDateTime\":" + (AT + i) + ",\"blob\":\"" + blob + "\"}");
        }
        index.put("blobs", "longer", "{\"createdDateTime\":" + AT + ",\"blob\":\"" + blob + blob + blob + "\"}");
        RecordingSink sink = start("blobs", Map.of("slices", "1"));
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(sink.counts()).hasSize(6));
    }

    @Test
    void future_doesNotHideThePresent() throws Exception {
        index.create("future", DATE);
        index.put("future", "z", "{\"createdDateTime\":4102444800000}");
        RecordingSink sink = start("future", Map.of());
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("future/z"));
        long now = Clock.systemUTC().millis();
        index.put("future", "now", "{\"createdDateTime\":" + now + "}");
        await().untilAsserted(() -> assertThat(sink.counts()).containsKey("future/now"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "absent    | GET /absent/_field_caps at http://127.0.0.1:PORT: 404 index_not_found_exception no such index [absent]; check doorstep.ingest.elasticsearch.index",
            "nothing-* | check doorstep.ingest.elasticsearch.index",
            "notime    | index notime at http://127.0.0.1:PORT: no createdDateTime in the mapping",
            "whole     | createdDateTime is mapped as integer, which can't hold a time in milliseconds",
            "mixed-*   | createdDateTime is mapped in several ways (date, text)"})
    void index_thatDoesNotFit_isOneLine(String name, String expected) throws Exception {
        if (name.equals("notime")) {
            index.ask("PUT", "/notime", "{\"mappings\":{\"properties\":{\"at\":{\"type\":\"date\"}}}}");
        } else if (name.equals("whole")) {
            index.create("whole", "{\"type\":\"integer\"}");
        } else if (name.equals("mixed-*")) {
            index.create("mixed-1", DATE);
            index.create("mixed-2", "{\"type\":\"text\"}");
        }
        start(name, Map.of());
        String line = expected.replace("PORT", node.endpoint().replaceAll(".*:", ""));
        await().untilAsserted(() -> assertThat(line()).contains(line).doesNotContain("\n"));
        assertThat(metrics.get("doorstep.ingest.source.up").gauge().value()).isZero();
    }

    @Test
    void sslBundle_namedInTheSettings_isTrusted() throws Exception {
        OwnAuthority authority = new OwnAuthority(directory);
        RecordingSink sink = new RecordingSink(100);
        try (PublishedCluster published = new PublishedCluster(PublishedCluster.Kind.ELASTICSEARCH_9, authority.server())) {
            // The context closes the client it was given.
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class))
                    .withUserConfiguration(ElasticsearchSetup.class, SettingsOfTests.class)
                    .withBean(DynamoDbClient.class, () -> StoreClient.patient(store))
                    .withBean(StoreSettings.class, () -> store).withBean(MeterRegistry.class, () -> metrics)
                    .withBean(Clock.class, Clock::systemUTC).withBean(DocumentSink.class, () -> sink)
                    .withBean(PatientIntake.class, ElasticsearchSourceTest::unusedIntake)
                    .withPropertyValues("doorstep.ingest.elasticsearch.index=clicks",
                            "doorstep.ingest.elasticsearch.urls=" + published.url(),
                            "doorstep.ingest.elasticsearch.ssl-bundle=own",
                            "spring.ssl.bundle.pem.own.truststore.certificate=" + authority.pem())
                    .run(context -> await().untilAsserted(() -> assertThat(sink.counts()).hasSize(3)));
        }
    }

    /** Where there is a sink, nobody asks it for one. */
    @SuppressWarnings("NullAway")
    private static PatientIntake unusedIntake() {
        return new PatientIntake(null, null);
    }

    @EnableConfigurationProperties({ElasticsearchSettings.class, IngestSettings.class})
    static class SettingsOfTests {}

    @Test
    void delay_growsWhileNothingIsTaken_andIsGoneOnceAllIs() throws Exception {
        index.create("slow", DATE);
        index.fill("slow", "a", 0, 50, Long::toString);
        RecordingSink sink = start("slow", Map.of("slices", "1", "lookback", "5s", "poll-interval", "1s"), 0);
        Gauge delay = metrics.get("doorstep.ingest.source.delay.seconds").gauge();
        await().until(() -> sink.isWaitedFor() && delay.value() > 3);
        sink.allow(100_000);
        await().untilAsserted(() -> assertThat(sink.counts()).hasSize(50));
        await().until(() -> delay.value() < 3);
        // However old the newest document is, through some sweeps.
        await().pollInterval(Duration.ofMillis(50)).during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(20))
                .until(() -> delay.value() < 60);
    }

    @Test
    void nobodyThere_isOneLine() throws Exception {
        start("any", Map.of("urls", "http://127.0.0.1:1"));
        await().untilAsserted(() -> assertThat(line()).isEqualTo(
                "GET / at http://127.0.0.1:1: no answer: Connect to http://127.0.0.1:1 [/127.0.0.1] failed: Connection refused"));
    }

    private void awaitDone(String name, RecordingSink sink) {
        // Another source of the same name and span finds nothing to do.
        stopSources();
        int before = sink.counts().size();
        SourceStatus again = new SourceStatus("again", metrics, Clock.systemUTC());
        start(name, Map.of("from", Instant.ofEpochMilli(AT + 20_000).toString(), "to", Instant.ofEpochMilli(AT + 90_000).toString(),
                "page-size", "9"), sink, "again", again);
        await().untilAsserted(() -> assertThat(again.health().getDetails()).containsEntry("state", "done"));
        assertThat(sink.counts()).hasSize(before);
    }

    private RecordingSink start(String name, Map<String, String> settings) {
        return start(name, settings, 100_000);
    }

    private RecordingSink start(String name, Map<String, String> settings, int pages) {
        RecordingSink sink = new RecordingSink(pages);
        start(name, settings, sink, "only", status);
        return sink;
    }

    private static Binder settings(String name, Map<String, String> more, String instance) {
        Map<String, String> properties = new java.util.HashMap<>(Map.of("doorstep.ingest.elasticsearch.index", name,
                "doorstep.ingest.elasticsearch.urls", node.endpoint(), "doorstep.ingest.elasticsearch.poll-interval", "100ms",
                "doorstep.ingest.elasticsearch.lookback", "20s", "doorstep.ingest.instance", instance));
        more.forEach((key, value) -> properties.put("doorstep.ingest.elasticsearch." + key, value));
        return new Binder(new MapConfigurationPropertySource(properties));
    }

    private ElasticsearchSource start(String name, Map<String, String> more, RecordingSink sink, String instance, SourceStatus shown) {
        return start(name, more, sink, instance, shown, Clock.systemUTC());
    }

    private ElasticsearchSource start(String name, Map<String, String> more, RecordingSink sink, String instance, SourceStatus shown,
            Clock clock) {
        Binder binder = settings(name, more, instance);
        ElasticsearchSource source = new ElasticsearchSource(
                binder.bind("doorstep.ingest.elasticsearch", ElasticsearchSettings.class).get(),
                binder.bind("doorstep.ingest", IngestSettings.class).get(), positions, sink, shown, null, clock);
        sources.add(source);
        source.start();
        return source;
    }

    /** The position that a source has written down. */
    private static long readTo(RecordingSink sink, String name, @Nullable Instant to) {
        return positions.read(String.join("|", "elasticsearch", sink.name(), name, "null", String.valueOf(to))).readTo();
    }

    private @Nullable String line() {
        return String.valueOf(status.health().getDetails().get("line"));
    }
}
