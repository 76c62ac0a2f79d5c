package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.localparts.DynamoDbNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class ModelStoreTest {
    private static final Instant START = Instant.parse("2026-11-25T00:00:00Z");

    @TempDir
    Path directory;

    /** A page of the store ends at 1 MB. */
    @Test
    void history_ofLargeEntries_isGivenInFull_theLastOneFirst() {
        withStore(store -> {
            for (int epoch = 1; epoch <= 12; epoch++) {
                byte[] entry = new byte[200_000];
                entry[0] = (byte) epoch;
                assertThat(store.move(pointer(epoch), START.plusSeconds(epoch), entry, Map.of())).isTrue();
            }
            assertThat(store.history(START.plusSeconds(60), 10)).extracting(entry -> (int) entry[0]).containsExactly(12, 11, 10, 9, 8,
                    7, 6, 5, 4, 3);
            assertThat(store.history(START.plusSeconds(5), 1)).extracting(entry -> (int) entry[0]).containsExactly(5);
        });
    }

    @Test
    void pointer_movedByTwoFromTheSameEpoch_isMovedOnce_withAllThatBelongsToIt() {
        withStore(store -> {
            for (int epoch = 1; epoch <= 2; epoch++) {
                ModelStore.Key first = new ModelStore.Key(ModelStore.Kind.MODEL, "first-" + epoch);
                ModelStore.Key second = new ModelStore.Key(ModelStore.Kind.MODEL, "second-" + epoch);
                assertThat(store.move(pointer(epoch), START, new byte[]{1}, Map.of(first, new byte[]{1}))).isTrue();
                // Later by its clock, so that its entry would have a place of its own.
                assertThat(store.move(pointer(epoch), START.plusSeconds(1), new byte[]{2}, Map.of(second, new byte[]{2}))).isFalse();
                assertThat(store.find(first.kind(), first.id())).isNotNull();
                assertThat(store.find(second.kind(), second.id())).isNull();
                assertThat(store.history(START.plusSeconds(60), 10)).hasSize(epoch)
                        .allSatisfy(entry -> assertThat(entry[0]).isEqualTo((byte) 1));
            }
            assertThat(store.move(pointer(9), START, new byte[1], Map.of())).as("an epoch is never left out").isFalse();
            assertThat(Objects.requireNonNull(store.pointer()).epoch()).isEqualTo(2);
        });
    }

    private static ModelStore.Pointer pointer(long epoch) {
        return new ModelStore.Pointer(epoch, new byte[1]);
    }

    private void withStore(Consumer<ModelStore> work) {
        try (DynamoDbNode node = DynamoDbNode.inMemory(directory)) {
            StoreSettings settings = new StoreSettings(URI.create(node.endpoint()), "eu-central-1", "models", true, Duration.ofSeconds(10),
                    Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
            try (DynamoDbClient client = StoreClient.patient(settings)) {
                Tables.prepare(client, settings);
                work.accept(new ModelStore(client, settings, Clock.systemUTC()));
            }
        }
    }
}
