package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.document.Shipping;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.time.TemporalFeatures;
import dev.doorstep.localparts.DynamoDbNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class FeatureStoreTest {
    private static final long AT = 1731880381293L;
    private static final long BUCKET = 1731880200000L;

    @TempDir
    static Path directory;

    private static DynamoDbNode node;
    private static DynamoDbClient client;
    private static StoreSettings settings;

    private EffectsWriter writer;
    private FeatureReader reader;
    private ProgressReader progress;
    private PartitionId partition;
    private String prefix;

    @BeforeAll
    static void startDynamoDb() {
        node = DynamoDbNode.inMemory(directory);
        settings = new StoreSettings(URI.create(node.endpoint()), "eu-central-1", "test", true, Duration.ofSeconds(10), Duration.ofDays(14),
                Duration.ofDays(30), Duration.ofDays(8));
        client = StoreClient.patient(settings);
        Tables.prepare(client, settings);
        Tables.prepare(client, settings);
    }

    @AfterAll
    static void stopDynamoDb() {
        client.close();
        node.close();
    }

    @BeforeEach
    void names(TestInfo info) {
        prefix = info.getDisplayName();
        writer = new EffectsWriter(client, settings, Clock.systemUTC());
        progress = new ProgressReader(client, settings);
        reader = new FeatureReader(client, settings);
        partition = new PartitionId("clickstream.events", prefix, 3);
    }

    @Test
    void write_firstBatch_makesAllEffectsVisible() {
        EventRecord event = event("e1", "cart_add", AT);
        SessionState session = SessionState.empty(prefix + "s").plus(event).nextVersion();
        assertThat(write(-1, 10, List.of(event), List.of(session))).isEqualTo(new WriteResult.Applied());
        assertThat(progress.progress(partition)).isEqualTo(new Progress(10, Map.of("http", new SourceCounts(0, 1, 0, 0))));
        StoredEvent stored = reader.event(prefix + "e1");
        assertThat(stored).isNotNull();
        assertThat(stored.time()).isEqualTo(new TemporalFeatures(322, 6, 21));
        assertThat(reader.session(prefix + "s")).isEqualTo(session);
        assertThat(session.features()).isEqualTo(new SessionFeatures(prefix + "s", 1, 0, 1, 0, 1, AT, AT, "standard", 1));
        FeatureReader.SkuFeatures sku = reader.sku(prefix + "A", AT, Duration.ofHours(1));
        assertThat(sku.profile()).isEqualTo(new SkuProfile(prefix + "A", "fragile", 3, AT));
        assertThat(sku.demand()).isEqualTo(new Demand(0, 1, 0));
        assertThat(reader.event("unknown")).isNull();
        assertThat(reader.session("unknown")).isNull();
        assertThat(reader.sku("unknown", AT, Duration.ofHours(1))).isEqualTo(new FeatureReader.SkuFeatures(null, Demand.NONE));
    }

    @Test
    void write_positionMoved_changesNothing() {
        write(-1, 10, List.of(event("e1", "cart_add", AT)), List.of());
        // A second consumer that still believes the partition is where it was, and one that believes it is ahead.
        assertThat(write(-1, 12, List.of(event("e2", "cart_add", AT)), List.of())).isEqualTo(new WriteResult.PositionMoved());
        assertThat(write(11, 12, List.of(event("e2", "cart_add", AT)), List.of())).isEqualTo(new WriteResult.PositionMoved());
        assertThat(reader.event(prefix + "e2")).isNull();
        assertThat(reader.sku(prefix + "A", AT, Duration.ofHours(1)).demand()).isEqualTo(new Demand(0, 1, 0));
        assertThat(progress.progress(partition).nextPosition()).isEqualTo(10);
    }

    @Test
    void write_knownEvent_isNamedWithItsStoredHash() {
        EventRecord first = event("e1", "cart_add", AT);
        write(-1, 10, List.of(first), List.of());
        EventRecord other = event("e1", "checkout", AT);
        WriteResult result = write(10, 12, List.of(other, event("e2", "cart_add", AT)), List.of());
        assertThat(result)
                .isEqualTo(new WriteResult.Known(List.of(new WriteResult.KnownEvent(prefix + "e1", first.contentHash())), List.of()));
        assertThat(reader.event(prefix + "e2")).isNull();
    }

    @Test
    void write_sessionMovedOn_isNamed() {
        EventRecord event = event("e1", "cart_add", AT);
        SessionState session = SessionState.empty(prefix + "s").plus(event).nextVersion();
        write(-1, 10, List.of(event), List.of(session));
        WriteResult result = write(10, 11, List.of(event("e2", "cart_add", AT)), List.of(session));
        assertThat(result).isEqualTo(new WriteResult.Known(List.of(), List.of(prefix + "s")));
        SessionState next = reader.currentSession(prefix + "s").plus(event("e2", "cart_add", AT)).nextVersion();
        assertThat(write(10, 11, List.of(event("e2", "cart_add", AT)), List.of(next))).isEqualTo(new WriteResult.Applied());
        assertThat(reader.currentSession(prefix + "s").events()).isEqualTo(2);
    }

    @Test
    void demand_isSummedOverPartitionsWithinTheSpan() {
        for (int i = 0; i < 3; i++) {
            PartitionId each = new PartitionId("clickstream.events", prefix, i);
            writer.write(new Effects(each, -1, new Progress(1, Map.of()), List.of(), List.of(),
                    Map.of(new Effects.CounterKey(prefix, BUCKET), new Demand(2, 1, 0), new Effects.CounterKey(prefix, BUCKET - 3_600_000),
                            new Demand(50, 0, 0), new Effects.CounterKey(prefix, BUCKET + 300_000), new Demand(70, 0, 0)),
                    List.of()));
        }
        assertThat(reader.demand(prefix, AT, Duration.ofMinutes(55))).isEqualTo(new Demand(6, 3, 0));
        assertThat(reader.demand(prefix, AT, Duration.ofMinutes(60))).isEqualTo(new Demand(156, 3, 0));
        assertThat(reader.demand(prefix, AT + 300_000, Duration.ofMinutes(1))).isEqualTo(new Demand(210, 0, 0));
    }

    @Test
    void sessionState_sameEventsInAnyOrder_isTheSame() {
        EventRecord first = event("e1", "product_view", AT);
        EventRecord second = event("e2", "cart_add", AT + 5);
        EventRecord third = event("e3", "checkout", AT - 5);
        SessionState empty = SessionState.empty("s");
        assertThat(empty.plus(first).plus(second).plus(third)).isEqualTo(empty.plus(third).plus(first).plus(second))
                .isEqualTo(empty.plus(second).plus(third).plus(first));
    }

    @Test
    void promise_oncePerOrder_neverChanges() {
        PromiseStore promises = new PromiseStore(client, settings);
        byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        assertThat(promises.keep(prefix + "p1", prefix + "o1", "prediction", null, body, Instant.EPOCH))
                .isEqualTo(new PromiseStore.Kept(prefix + "p1", true));
        assertThat(promises.keep(prefix + "p1", prefix + "o1", "prediction", null, "other".getBytes(StandardCharsets.UTF_8), Instant.EPOCH))
                .isEqualTo(new PromiseStore.Kept(prefix + "p1", false));
        assertThat(promises.keep(prefix + "p2", prefix + "o1", "prediction", null, body, Instant.EPOCH))
                .isEqualTo(new PromiseStore.Kept(prefix + "p1", false));
        assertThat(Objects.requireNonNull(promises.find(prefix + "p1")).body()).isEqualTo(body);
        assertThat(promises.find(prefix + "p2")).isNull();
    }

    @Test
    void quotes_areKeptBySubjectAndQuestion() {
        PromiseStore promises = new PromiseStore(client, settings);
        Instant soon = Clock.systemUTC().instant().plusSeconds(600);
        List<PromiseStore.Quoted> quotes = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            quotes.add(new PromiseStore.Quoted(prefix + "s" + i % 30, "q", "token" + i, soon));
        }
        promises.keepQuotes(quotes);
        assertThat(promises.quoted(prefix + "s0", "q")).isEqualTo("token30");
        assertThat(promises.quoted(prefix + "s29", "q")).isEqualTo("token59");
        assertThat(promises.quoted(prefix + "s29", "another")).isNull();
    }

    @Test
    void usage_isCountedByCallerAndDay() {
        UsageStore usage = new UsageStore(client, settings);
        LocalDate day = LocalDate.of(2026, 11, 25);
        assertThat(usage.add(prefix + "shop", day, 3)).isEqualTo(3);
        assertThat(usage.add(prefix + "shop", day, 0)).isEqualTo(3);
        assertThat(usage.add(prefix + "shop", day, 2)).isEqualTo(5);
        assertThat(usage.add(prefix + "shop", day.plusDays(1), 0)).isZero();
        assertThat(usage.add(prefix + "other", day, 1)).isEqualTo(1);
    }

    @Test
    void settings_outOfBounds_areRefusedByName() {
        assertThatThrownBy(() -> settings.withCallTimeout(Duration.ZERO)).hasMessageContaining("callTimeout").hasMessageContaining("PT0S");
    }

    private WriteResult write(long expected, long next, List<EventRecord> events, List<SessionState> sessions) {
        Map<Effects.CounterKey, Demand> demand = events.isEmpty()
                ? Map.of()
                : Map.of(Effects.CounterKey.at("sku#" + prefix + "A", AT), new Demand(0, events.size(), 0));
        return writer.write(new Effects(partition, expected, new Progress(next, Map.of("http", new SourceCounts(0, events.size(), 0, 0))),
                events, sessions, demand,
                List.of(new SkuProfile(prefix + "A", "fragile", 3, AT))));
    }

    private EventRecord event(String id, String type, long at) {
        return new EventRecord(prefix + id, at, prefix + "s", type, null, List.of(new Product(prefix + "A", 1, null, 3, "fragile")),
                new Shipping("US", "94110", "standard"), "hash-" + type, AT, "test", id);
    }
}
