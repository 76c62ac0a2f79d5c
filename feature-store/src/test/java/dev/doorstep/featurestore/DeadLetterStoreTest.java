package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.localparts.DynamoDbNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class DeadLetterStoreTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final String FIRST_KEY = Base64.getEncoder()
            .encodeToString("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8));
    private static final String SECOND_KEY = Base64.getEncoder()
            .encodeToString("fedcba9876543210fedcba9876543210".getBytes(StandardCharsets.UTF_8));

    @TempDir
    static Path directory;

    private static DynamoDbNode node;
    private static DynamoDbClient client;

    private final DeadLetterSeal seal = new DeadLetterSeal(List.of(FIRST_KEY));

    @BeforeAll
    static void startDynamoDb() {
        node = DynamoDbNode.inMemory(directory);
        client = StoreClient.patient(settings("setup"));
    }

    @AfterAll
    static void stopDynamoDb() {
        client.close();
        node.close();
    }

    @Test
    void store_sameKeyTwice_isOneLetter() {
        DeadLetterStore store = store("same-key");
        DeadLetter letter = letter("http", "r1/0", ErrorCode.NOT_JSON, NOW, "{oops");
        store.store(seal.seal(letter), 1);
        store.store(seal.seal(letter), 2);
        List<StoredLetter> letters = store.list(LetterFilter.ALL, null, 10).letters();
        assertThat(letters).hasSize(1);
        StoredLetter stored = letters.getFirst();
        assertThat(stored.source()).isEqualTo("http");
        assertThat(stored.position()).isEqualTo("r1/0");
        assertThat(stored.status()).isEqualTo(StoredLetter.Status.OPEN);
        assertThat(stored.whole()).isTrue();
        assertThat(stored.expiresAt()).isEqualTo(Instant.parse("2026-12-08T12:00:00Z"));
        DeadLetter original = Objects.requireNonNull(store.original(stored.id()));
        assertThat(new String(original.original(), StandardCharsets.UTF_8)).isEqualTo("{oops");
        assertThat(original.message()).isEqualTo("what is wrong");
        assertThat(original.value()).isEqualTo("a value");
        // Nothing that a customer may have written is readable where it lies.
        assertThat(client.scan(request -> request.tableName("same-key-dead-letters")).items()).hasSize(2)
                .allSatisfy(item -> item.values().stream().filter(value -> value.b() != null)
                        .forEach(value -> assertThat(value.b().asString(StandardCharsets.ISO_8859_1)).doesNotContain("oops", "a value")))
                .allSatisfy(item -> assertThat(item.toString()).doesNotContain("{oops", "a value", "what is wrong"));
    }

    @Test
    void store_longestOriginal_fitsIntoAnItem() {
        DeadLetterStore store = store("longest");
        byte[] longest = new byte[DeadLetter.WHOLE_ORIGINAL];
        DeadLetter letter = new DeadLetter("http", "r/0", "ingest-service", ErrorCode.NOT_JSON, null, "m".repeat(500), NOW.toEpochMilli(),
                longest, longest.length, "0".repeat(64), null, null);
        store.store(seal.seal(letter), 1);
        String id = store.list(LetterFilter.ALL, null, 1).letters().getFirst().id();
        assertThat(Objects.requireNonNull(store.original(id)).original()).isEqualTo(longest);
    }

    @Test
    void store_otherContentAtTheSamePlace_isAnotherLetter() {
        DeadLetterStore store = store("same-place");
        store.store(seal.seal(letter("file", "day.ndjson/0", ErrorCode.NOT_JSON, NOW, "{one", "1".repeat(64))), 1);
        store.store(seal.seal(letter("file", "day.ndjson/0", ErrorCode.NOT_JSON, NOW, "{two", "2".repeat(64))), 2);
        assertThat(store.list(LetterFilter.ALL, null, 10).letters()).hasSize(2);
    }

    @Test
    void store_receivedLongAgo_isKeptFromNowOn() {
        DeadLetterStore store = store("long-ago");
        store.store(seal.seal(letter("kafka", "e/0/7", ErrorCode.TOO_OLD, Instant.EPOCH, "{}")), 1);
        store.store(seal.seal(letter("kafka", "e/0/8", ErrorCode.TOO_OLD, Instant.EPOCH, "{}")), 2);
        DeadLetterStore.Page first = store.list(LetterFilter.ALL, null, 1);
        StoredLetter letter = first.letters().getFirst();
        assertThat(letter.receivedAt()).isEqualTo(Instant.EPOCH);
        assertThat(letter.expiresAt()).isEqualTo(Instant.parse("2026-12-08T12:00:00Z"));
        assertThat(store.find(letter.id())).isNotNull();
        assertThat(store.list(LetterFilter.ALL, first.next(), 1).letters()).hasSize(1).doesNotContain(letter);
        // A range that nobody meant is no reason to look through two thousand years.
        assertThat(
                store.list(filter(null, Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("9999-01-01T00:00:00Z")), null, 10).letters())
                .hasSize(2);
    }

    @Test
    void search_findsAKeyInAllItsFormsAndNoLongerOne() throws IOException {
        record Case(String key, String text, boolean found) {}
        String backslash = "\\";
        for (Case each : List.of(new Case("4711", "{\"customerKey\":\"4711\"}", true), new Case("4711", "{\"sku\":\"14711\"}", false),
                new Case("4711", "{\"sku\":\"4711-b\"}", false), new Case("4711", "4711", true),
                new Case("4711", "a" + backslash + "n4711,", true),
                new Case("m\u00fcller", "\"m" + backslash + "u00fcller\"", true),
                new Case("m\u00fcller", "\"m" + backslash + "u00FCller\"", true),
                new Case("m\u00fcller", "\"m\u00fcller\"", true), new Case("a/b", "\"a" + backslash + "/b\"", true),
                new Case("a\"b", "\"a" + backslash + "\"b\"", true), new Case("4711", "471", false))) {
            byte[] text = each.text().getBytes(StandardCharsets.UTF_8);
            boolean found = ByteSearch.forms(each.key()).stream().anyMatch(form -> ByteSearch.contains(text, form));
            assertThat(found).as(each.toString()).isEqualTo(each.found());
        }
        // Around the ends of reads of 64 KiB.
        byte[] needle = "4711".getBytes(StandardCharsets.UTF_8);
        for (int before = 65_525; before < 65_545; before++) {
            for (String end : List.of("", "\"", "5")) {
                byte[] text = ("y".repeat(before) + "\"4711" + end).getBytes(StandardCharsets.UTF_8);
                assertThat(ByteSearch.contains(new java.io.ByteArrayInputStream(text), needle)).isEqualTo(!end.equals("5"));
            }
        }
    }

    @Test
    void list_pagesAndFilters_areInTheOrderOfReceipt() {
        DeadLetterStore store = store("pages");
        // Over three days, the youngest first.
        for (int i = 29; i >= 0; i--) {
            Instant at = NOW.minus(Duration.ofHours(2L * i));
            store.store(seal.seal(letter("http", "p/" + i, i % 3 == 0 ? ErrorCode.MISSING_ID : ErrorCode.NOT_JSON, at, "x" + i)), i);
        }
        List<StoredLetter> all = new ArrayList<>();
        String after = null;
        do {
            DeadLetterStore.Page page = store.list(LetterFilter.ALL, after, 7);
            assertThat(page.letters()).hasSizeLessThanOrEqualTo(7);
            all.addAll(page.letters());
            after = page.next();
        } while (after != null);
        assertThat(all).hasSize(30).isSortedAccordingTo(java.util.Comparator.comparing(StoredLetter::receivedAt));
        assertThat(all.stream().map(StoredLetter::id)).doesNotHaveDuplicates();
        assertThat(store.list(filter(ErrorCode.MISSING_ID, null, null), null, 100).letters()).hasSize(10);
        // 12:00 today and 10:00 lie in the range, 08:00 is its end.
        assertThat(store.list(filter(null, NOW.minus(Duration.ofHours(4)), NOW), null, 100).letters()).extracting(StoredLetter::position)
                .containsExactly("p/2", "p/1");
        assertThat(store.list(LetterFilter.ALL.with(Set.of(), NOW.toEpochMilli()), null, 100).letters()).isEmpty();
        assertThatThrownBy(() -> store.list(LetterFilter.ALL, "elsewhere", 1)).hasMessageContaining("elsewhere");
    }

    @Test
    void replay_itsFailure_marksTheOriginalOnce() {
        DeadLetterStore store = store("replay");
        store.store(seal.seal(letter("http", "r/0", ErrorCode.MISSING_ID, NOW, "{}")), 1);
        String id = store.list(LetterFilter.ALL, null, 1).letters().getFirst().id();
        // 1. A replay takes it, and feature-service refuses it before the replay says that it is done.
        assertThat(store.replaying(id, "job")).isTrue();
        DeadLetter failure = new DeadLetter("replay", id, "feature-service", ErrorCode.ID_CONFLICT, "_id", "known", NOW.toEpochMilli(),
                new byte[0], 0, "", null, null);
        store.store(seal.seal(failure), 40);
        store.replayed(id, "job");
        // 2. The failure stands, and a repeated delivery of it does not count again.
        store.store(seal.seal(failure), 40);
        StoredLetter failed = Objects.requireNonNull(store.find(id));
        assertThat(failed.status()).isEqualTo(StoredLetter.Status.FAILED);
        assertThat(failed.reason()).isEqualTo(ErrorCode.ID_CONFLICT);
        assertThat(failed.failures()).isEqualTo(1);
        assertThat(store.list(LetterFilter.ALL, null, 10).letters()).hasSize(1);
        // 3. Repaired, it goes again, and this time nothing refuses it.
        assertThat(store.repair(id, "{\"_id\":\"a\"}".getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(store.corrected(id)).asString(StandardCharsets.UTF_8).isEqualTo("{\"_id\":\"a\"}");
        store.replaying(id, "job2");
        store.replayed(id, "job2");
        assertThat(Objects.requireNonNull(store.find(id)).status()).isEqualTo(StoredLetter.Status.REPLAYED);
        assertThat(store.repair("0".repeat(32), new byte[0])).isFalse();
    }

    @Test
    void seal_keys_areRotatedAndGuardTheirLetters() {
        DeadLetter letter = letter("http", "r/0", ErrorCode.NOT_JSON, NOW, "secret text");
        DeadLetterSeal rotated = new DeadLetterSeal(List.of(SECOND_KEY, FIRST_KEY));
        assertThat(rotated.open(seal.seal(letter)).original()).isEqualTo(letter.original());
        assertThat(new String(seal.seal(letter).sealed(), StandardCharsets.ISO_8859_1)).doesNotContain("secret text");
        assertThatThrownBy(() -> seal.open(rotated.seal(letter))).hasMessageContaining("has no key");
        byte[] changed = seal.seal(letter).sealed();
        changed[changed.length - 1] ^= 1;
        assertThatThrownBy(() -> seal.open(changed, seal.keyId(), letter.key())).hasMessageContaining("was changed");
        assertThatThrownBy(() -> new DeadLetterSeal(List.of())).hasMessageContaining("doorstep.dead-letters.keys is not set");
        assertThatThrownBy(() -> new DeadLetterSeal(List.of("?"))).hasMessageContaining("keys[0] is not Base64");
        assertThatThrownBy(() -> new DeadLetterSeal(List.of("AAAA"))).hasMessageContaining("must hold 32 bytes, not 3");
    }

    @Test
    void archive_folder_keepsOriginalsEncryptedUntilTheyExpire() throws IOException {
        Path folder = directory.resolve("archive");
        Originals originals = new Originals(
                Archives.of("doorstep.dead-letters.archive", folder.toString(), "eu-central-1", null,
                        AnonymousCredentialsProvider.create()),
                seal, CLOCK);
        byte[] original = "customer-4711 ".repeat(200_000).getBytes(StandardCharsets.UTF_8);
        String name = Objects.requireNonNull(originals.archive(original));
        assertThat(name).startsWith("2026-11-24/");
        try (InputStream in = originals.open(name)) {
            assertThat(in.readAllBytes()).isEqualTo(original);
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(ByteSearch.contains(Files.readAllBytes(file), "customer-4711".getBytes(StandardCharsets.UTF_8))).isFalse();
            }
        }
        originals.expire(LocalDate.parse("2026-11-24"));
        originals.open(name).close();
        originals.expire(LocalDate.parse("2026-11-25"));
        assertThatThrownBy(() -> originals.open(name)).isInstanceOf(FileNotFoundException.class);
        assertThat(new Originals(null, seal, CLOCK).archive(original)).isNull();
        assertThatThrownBy(() -> new FolderArchive(folder).get("../elsewhere")).hasMessageContaining("leaves the archive");
        assertThatThrownBy(
                () -> Archives.of("doorstep.dead-letters.archive", "s3:///x", "eu-central-1", null, AnonymousCredentialsProvider.create()))
                .hasMessageContaining("names no bucket");
    }

    @Test
    void erase_everythingOfACustomer_isFoundNoMore() throws IOException {
        String customer = "customer \"4711\"";
        StoreSettings settings = settings("erase");
        DeadLetterStore letters = store("erase");
        Originals originals = new Originals(new FolderArchive(directory.resolve("erased")), seal, CLOCK);
        EffectsWriter writer = new EffectsWriter(client, settings, CLOCK);
        FeatureReader reader = new FeatureReader(client, settings);
        PromiseStore promises = new PromiseStore(client, settings);
        // 1. Two events of the customer and one of another; a promise each; letters, one of them broken JSON, one only in the archive.
        EventRecord mine = event("mine", "s-mine", customer);
        EventRecord alsoMine = event("also-mine", "s-mine", customer);
        EventRecord other = event("other", "s-other", "other-customer");
        writer.write(new Effects(new PartitionId("t", "id", 0), -1, Progress.START, List.of(mine, alsoMine, other),
                List.of(SessionState.empty("s-mine").plus(mine).plus(alsoMine).nextVersion(),
                        SessionState.empty("s-other").plus(other).nextVersion()),
                Map.of(), List.of()));
        promises.keep("p-mine", "order-of-mine", "prediction-of-mine", Subject.of(customer), "body".getBytes(StandardCharsets.UTF_8), NOW);
        promises.keep("p-other", "order-of-other", "prediction-of-other", Subject.of("other-customer"),
                "body".getBytes(StandardCharsets.UTF_8), NOW);
        promises.keepServed(Map.of("prediction-of-mine", new byte[]{1}, "prediction-of-other", new byte[]{2}), NOW, NOW);
        promises.keep("p-alone", "order-alone", "prediction-alone", Subject.of(customer), new byte[]{1}, NOW);
        letters.store(seal.seal(letter("http", "r/0", ErrorCode.NOT_JSON, NOW, "{\"customerKey\":\"customer \\\"4711\\\"\", oops")), 1);
        letters.store(seal.seal(letter("http", "r/1", ErrorCode.NOT_JSON, NOW, "{\"customerKey\":\"other-customer\"")), 2);
        String archived = originals
                .archive(("x".repeat(65_530) + ":" + customer + "\"" + "x".repeat(40_000)).getBytes(StandardCharsets.UTF_8));
        letters.store(seal.seal(new DeadLetter("http", "r/2", "ingest-service", ErrorCode.TOO_LARGE, null, "too long", NOW.toEpochMilli(),
                new byte[10], 100_015, "0".repeat(64), null, archived)), 3);
        // 2. Erased, twice.
        List<String> told = new ArrayList<>();
        SubjectEraser eraser = new SubjectEraser(client, settings, letters, originals, CLOCK);
        assertThat(eraser.erase(customer, told::addAll)).isEqualTo(new SubjectEraser.Erased(2, List.of("s-mine"), 2, 2));
        assertThat(eraser.erase(customer, told::addAll)).isEqualTo(new SubjectEraser.Erased(0, List.of(), 0, 0));
        assertThat(told).containsExactly("s-mine");
        // 3. Only what belongs to others is left, and the digests that keep copies of the events from counting again.
        for (String table : Tables.check(client, settings)) {
            assertThat(client.scan(request -> request.tableName(table)).items().toString()).doesNotContain("4711", "s-mine",
                    Objects.requireNonNull(Subject.of(customer)), "order-of-mine", "prediction-of-mine", "prediction-alone");
        }
        assertThat(promises.served("prediction-of-mine")).isNull();
        assertThat(promises.served("prediction-of-other")).isEqualTo(new byte[]{2});
        // What it was made from comes only now: nobody keeps it for as long as a promise.
        promises.keepServed(Map.of("prediction-alone", new byte[]{3}), NOW, NOW);
        assertThat(client.scan(request -> request.tableName(Tables.promises(settings))).items().toString())
                .doesNotContain(PromiseStore.servedKey("prediction-alone").text(Tables.PARTITION_KEY));
        StoredEvent left = Objects.requireNonNull(reader.event("mine"));
        assertThat(left.sessionId()).isNull();
        assertThat(left.contentHash()).isEqualTo(mine.contentHash());
        assertThat(reader.session("s-mine")).isNull();
        assertThat(reader.session("s-other")).isNotNull();
        assertThat(Objects.requireNonNull(promises.find("p-mine")).body()).isNull();
        assertThat(Objects.requireNonNull(promises.find("p-other")).body()).isNotNull();
        assertThat(promises.keep("p-mine", "order-of-mine", "prediction-of-mine", null, new byte[1], NOW))
                .isEqualTo(new PromiseStore.Kept("p-mine", false));
        assertThat(letters.list(LetterFilter.ALL, null, 10).letters()).extracting(StoredLetter::position).containsExactly("r/1");
        assertThatThrownBy(() -> originals.open(Objects.requireNonNull(archived))).isInstanceOf(FileNotFoundException.class);
    }

    private DeadLetterStore store(String prefix) {
        Tables.prepare(client, settings(prefix));
        return new DeadLetterStore(client, settings(prefix), seal, Duration.ofDays(14), CLOCK);
    }

    private static StoreSettings settings(String prefix) {
        return new StoreSettings(URI.create(node.endpoint()), "eu-central-1", prefix, true, Duration.ofSeconds(10), Duration.ofDays(14),
                Duration.ofDays(30), Duration.ofDays(8));
    }

    private static LetterFilter filter(@Nullable ErrorCode reason, @Nullable Instant from, @Nullable Instant to) {
        return new LetterFilter(reason, null, null, null, from, to, null, Set.of());
    }

    private static DeadLetter letter(String source, String position, ErrorCode reason, Instant receivedAt, String original) {
        return letter(source, position, reason, receivedAt, original, "0".repeat(64));
    }

    private static DeadLetter letter(String source, String position, ErrorCode reason, Instant receivedAt, String original,
            String sha256) {
        byte[] bytes = original.getBytes(StandardCharsets.UTF_8);
        return new DeadLetter(source, position, "ingest-service", reason, null, "what is wrong", receivedAt.toEpochMilli(), bytes,
                bytes.length, sha256, "a value", null);
    }

    private static EventRecord event(String id, String session, String customerKey) {
        return new EventRecord(id, NOW.toEpochMilli(), session, "product_view", customerKey, List.of(), null, "hash-" + id,
                NOW.toEpochMilli(), "http", id);
    }
}
