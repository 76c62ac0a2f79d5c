package dev.doorstep.predictionservice.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.predictionservice.PredictionSettings;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Remembers what the store said of entities, and asks it for what is missing or old. Nobody waits longer than the deadline it brings; a
 * look-up that is late still fills the cache. While the store is away, what was known stands in as stale. Thread-safe.
 *
 * @param <V> what is known of an entity
 */
final class NearCache<V> {
    private final Cache<String, Entry<V>> entries;
    private final Map<String, CompletableFuture<Entry<V>>> underWay = new ConcurrentHashMap<>();
    private final CircuitBreaker breaker;
    private final ExecutorService executor;
    private final Clock clock;
    private final Duration freshFor;
    private final BinaryOperator<V> newer;

    /**
     * Creates a cache.
     *
     * @param newer picks the newer of what was known and what came
     */
    NearCache(PredictionSettings.Prediction settings, CircuitBreaker breaker, ExecutorService executor, Clock clock,
            BinaryOperator<V> newer) {
        this.newer = newer;
        this.entries = Caffeine.newBuilder().maximumSize(settings.cacheEntries()).expireAfterWrite(settings.staleFor()).build();
        this.breaker = breaker;
        this.executor = executor;
        this.clock = clock;
        this.freshFor = settings.freshFor();
    }

    /** A value, or null where the store has none, and since when (epoch milliseconds) it is known; 0 once something said it changed. */
    private record Entry<V>(@Nullable V value, long knownSince) {}

    /** What is known of an entity: a value where the status is PRESENT or STALE. */
    record Found<V>(@Nullable V value, FeatureStatus status, String source) {
        private static <V> Found<V> of(Entry<V> entry, boolean fresh, String source) {
            FeatureStatus known = fresh ? FeatureStatus.PRESENT : FeatureStatus.STALE;
            return new Found<>(entry.value(), entry.value() == null ? FeatureStatus.NOT_FOUND : known, source);
        }
    }

    /** A value that may still be on its way. */
    interface Pending<V> {
        /** Waits until it is there or {@link System#nanoTime()} passes the deadline. */
        Found<V> await(long deadlineNanos);
    }

    /** Starts to find an entity. */
    Pending<V> find(String key, Supplier<@Nullable V> load) {
        Entry<V> entry = entries.getIfPresent(key);
        if (entry != null && clock.millis() - entry.knownSince() <= freshFor.toMillis()) {
            Found<V> found = Found.of(entry, true, "near-cache");
            return _ -> found;
        }
        CompletableFuture<Entry<V>> loading = underWay.computeIfAbsent(key, _ -> load(key, load));
        return deadline -> await(loading, entry, deadline);
    }

    /** Takes over a value that came by itself, unless what is known is newer. */
    void update(String key, V value) {
        entries.asMap().compute(key, (_, known) -> {
            underWay.remove(key);
            return merged(known, new Entry<>(value, clock.millis()));
        });
    }

    /** Notes that an entity changed, so that the store is asked next time. */
    void changed(String key) {
        entries.asMap().compute(key, (_, known) -> {
            underWay.remove(key);
            return known == null ? null : new Entry<>(known.value(), 0);
        });
    }

    private Entry<V> merged(@Nullable Entry<V> known, Entry<V> next) {
        V before = known == null ? null : known.value();
        V after = next.value();
        return before == null || after == null ? next : new Entry<>(newer.apply(before, after), next.knownSince());
    }

    private CompletableFuture<Entry<V>> load(String key, Supplier<@Nullable V> load) {
        CompletableFuture<Entry<V>> loading = new CompletableFuture<>();
        executor.execute(() -> {
            try {
                Entry<V> entry = new Entry<>(breaker.executeSupplier(load), clock.millis());
                // Whoever removed it meanwhile knows that it is outdated; within compute, nobody can come between.
                entries.asMap().compute(key, (_, known) -> underWay.remove(key, loading) ? merged(known, entry) : known);
                loading.complete(entry);
            } catch (RuntimeException e) {
                underWay.remove(key, loading);
                loading.completeExceptionally(e);
            }
        });
        return loading;
    }

    private Found<V> await(CompletableFuture<Entry<V>> loading, @Nullable Entry<V> old, long deadlineNanos) {
        try {
            return Found.of(loading.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS), true, "store");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException _) {
            // Goes on without.
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof CallNotPermittedException) && !(e.getCause() instanceof SdkException)) {
                throw new IllegalStateException("a look-up failed", e.getCause());
            }
        }
        // That there was nothing some time ago says little about now.
        return old == null || old.value() == null
                ? new Found<>(null, FeatureStatus.UNAVAILABLE, "store")
                : Found.of(old, false, "near-cache");
    }
}
