package dev.doorstep.predictionservice;

import dev.doorstep.commonmodel.settings.Bounds;
import dev.doorstep.featurestore.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep}.
 *
 * @param store DynamoDB, as promises are written to it
 * @param prediction everything else
 */
@ConfigurationProperties("doorstep")
public record PredictionSettings(StoreSettings store, @DefaultValue Prediction prediction) {
    /**
     * Settings under {@code doorstep.prediction}.
     *
     * @param policy file of calendars, cut-offs and tables; default the one that ships with Doorstep
     * @param bundle folder of the model; default the one that ships with Doorstep; {@code none} for the carrier's table alone
     * @param featureBudget longest wait for features, 1 ms to 1 s; what is not there by then counts as unavailable; default 25 ms
     * @param lookupTimeout longest time of one look-up, after the answer has gone without it; at least the budget; default 250 ms
     * @param freshFor how long cached features count as fresh when nothing says they changed, 100 ms to 1 hour; default 30 s
     * @param staleFor how long cached features may stand in while the store is away; at least freshFor; default 10 min
     * @param cacheEntries most entities in the near-cache, 100 to 10,000,000; default 200,000
     * @param tokenSecrets secrets of 32 characters or more: the first signs tokens, all of them verify; without any, tokens hold for this
     *     process only
     * @param journalBuffer answers that may wait to be journalled, 1 to 1,000,000; more are dropped and counted; default 10,000
     * @param keepServed how long it is kept what an answer was made from, unless the answer is promised by then: at least as long as an
     *     answer is valid, 1 hour to 30 days; default 2 days
     * @param partitions partitions of {@code predictions.served} when it is created here, 1 to 1,000; default 4
     * @param replicas copies of each partition, 1 to 10; default 1, in production 3
     */
    public record Prediction(@Nullable Path policy, @Nullable Path bundle, @DefaultValue("25ms") Duration featureBudget,
            @DefaultValue("250ms") Duration lookupTimeout, @DefaultValue("30s") Duration freshFor, @DefaultValue("10m") Duration staleFor,
            @DefaultValue("200000") int cacheEntries, @DefaultValue List<String> tokenSecrets, @DefaultValue("10000") int journalBuffer,
            @DefaultValue("2d") Duration keepServed,
            @DefaultValue("4") int partitions, @DefaultValue("1") int replicas) {
        private static final String PREFIX = "doorstep.prediction.";
        private static final int SHORTEST_SECRET = 32;

        public Prediction {
            Bounds.require(PREFIX + "feature-budget (ms)", featureBudget.toMillis(), 1L, 1_000L);
            Bounds.require(PREFIX + "fresh-for (ms)", freshFor.toMillis(), 100L, 3_600_000L);
            Bounds.require(PREFIX + "cache-entries", cacheEntries, 100, 10_000_000);
            Bounds.require(PREFIX + "journal-buffer", journalBuffer, 1, 1_000_000);
            Bounds.require(PREFIX + "partitions", partitions, 1, 1_000);
            Bounds.require(PREFIX + "replicas", replicas, 1, 10);
            Bounds.require(PREFIX + "keep-served", keepServed, Duration.ofHours(1), Duration.ofDays(30));
            requireAtLeast("lookup-timeout", lookupTimeout, "feature-budget", featureBudget);
            requireAtLeast("stale-for", staleFor, "fresh-for", freshFor);
            tokenSecrets = secrets(tokenSecrets);
        }

        private static List<String> secrets(List<String> secrets) {
            for (int i = 0; i < secrets.size(); i++) {
                if (secrets.get(i).length() < SHORTEST_SECRET) {
                    throw new IllegalArgumentException(
                            PREFIX + "token-secrets[" + i + "] has fewer than " + SHORTEST_SECRET + " characters");
                }
            }
            return List.copyOf(secrets);
        }

        private static void requireAtLeast(String key, Duration value, String otherKey, Duration other) {
            if (value.compareTo(other) < 0) {
                throw new IllegalArgumentException(PREFIX + key + " (" + value + ") is below " + PREFIX + otherKey + " (" + other + ")");
            }
        }
    }
}
