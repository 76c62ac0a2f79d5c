package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.localparts.DynamoDbNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
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
        try (DynamoDbNode node = DynamoDbNode.inMemory(directory)) {
            StoreSettings settings = new StoreSettings(URI.create(node.endpoint()), "eu-central-1", "models", true, Duration.ofSeconds(10),
                    Duration.ofDays(14), Duration.ofDays(30), Duration.ofDays(8));
            try (DynamoDbClient client = StoreClient.patient(settings)) {
                Tables.prepare(client, settings);
                ModelStore store = new ModelStore(client, settings, Clock.systemUTC());
                for (int epoch = 1; epoch <= 12; epoch++) {
                    byte[] entry = new byte[200_000];
                    entry[0] = (byte) epoch;
                    assertThat(store.move(new ModelStore.Pointer(epoch, new byte[1]), START.plusSeconds(epoch), entry, Map.of())).isTrue();
                }
                assertThat(store.history(START.plusSeconds(60), 10)).extracting(entry -> (int) entry[0]).containsExactly(12, 11, 10, 9, 8,
                        7, 6, 5, 4, 3);
                assertThat(store.history(START.plusSeconds(5), 1)).extracting(entry -> (int) entry[0]).containsExactly(5);
            }
        }
    }
}
