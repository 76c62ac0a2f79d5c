package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.Manifest;
import dev.doorstep.forecasting.learned.Pinned;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.SafeMode;
import dev.doorstep.predictionservice.registry.Serving;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The models of this process. A decision is followed at once with what is loaded; what is not is loaded beside the traffic, and until then
 * the model before it goes on answering. Models that no decision names are let go. Thread-safe.
 */
@Component
public class ServingModels {
    private static final Logger log = LoggerFactory.getLogger(ServingModels.class);
    private static final long RETRY_NANOS = Duration.ofSeconds(10).toNanos();

    private final ModelLoader loader;
    private final Forecaster table;
    private final Clock clock;
    private final ExecutorService executor = Executors.newSingleThreadExecutor(Thread.ofPlatform().name("model-loader").daemon().factory());
    private final Map<ModelRef, LoadedModel> loaded = new HashMap<>();
    private final Map<ModelRef, String> failures = new TreeMap<>(Comparator.comparing(ModelRef::digest));
    private final Map<ModelRef, Long> failedNanos = new HashMap<>();
    private final CountDownLatch followed = new CountDownLatch(1);
    private final Set<ModelRef> loading = new LinkedHashSet<>();
    private final Map<String, TrialProgress> progress = new ConcurrentHashMap<>();
    private final Map<String, String> dropped = new ConcurrentHashMap<>();
    private volatile Serving decided;
    private volatile Lineup lineup;

    ServingModels(ModelLoader loader, Forecaster table, Clock clock) {
        this.loader = loader;
        this.table = table;
        this.clock = clock;
        LoadedModel configured = loader.configured();
        loaded.put(configured.ref(), configured);
        decided = new Serving(0, Instant.EPOCH, configured.ref(), null, List.of(), List.of(), null, null, Map.of());
        lineup = new Lineup(decided, configured, List.of(), null);
    }

    /** What answers now. */
    public Lineup lineup() {
        Lineup current = lineup;
        SafeMode safe = current.serving().safeMode();
        if (safe != null && !clock.instant().isBefore(safe.until())) {
            return rebuilt();
        }
        return current;
    }

    /** The manifest of the model that answers, or null where it has none. */
    public @Nullable Manifest manifest() {
        Bundle bundle = lineup.active().bundle();
        return bundle == null ? null : bundle.manifest();
    }

    /** Follows a decision; returns once everything is done that does not need loading. */
    public synchronized void follow(Serving serving) {
        followed.countDown();
        if (serving.epoch() <= decided.epoch()) {
            retry();
            return;
        }
        decided = serving;
        dropped.keySet().retainAll(serving.rollouts().stream().map(Rollout::rolloutId).toList());
        // A model that failed may be whole by the next decision.
        failures.clear();
        failedNanos.clear();
        retry();
        rebuild();
    }

    /** Waits until the first decision is known, and everything of it is loaded or has failed; or the time is up. */
    public void awaitLoaded(Duration most) throws InterruptedException {
        if (!followed.await(most.toMillis(), TimeUnit.MILLISECONDS)) {
            log.warn("what is to serve is not known yet, starting with {}", lineup.active().ref().version());
            return;
        }
        Future<?> all = executor.submit(() -> {
        });
        try {
            all.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an empty task failed", e);
        }
    }

    /**
     * Drops a rollout's candidate in this process alone, until the next decision of all.
     *
     * @param why in words, for those who decide then
     */
    public synchronized void drop(String rolloutId, String why) {
        if (dropped.putIfAbsent(rolloutId, why) == null) {
            rebuild();
        }
    }

    /** Why this process dropped candidates by itself, by rollout. */
    public Map<String, String> dropped() {
        return Map.copyOf(dropped);
    }

    /** Models that could not be loaded, with the reason. */
    public synchronized Map<String, String> failures() {
        Map<String, String> byDigest = new TreeMap<>();
        failures.forEach((ref, reason) -> byDigest.put(ref.digest(), reason));
        return byDigest;
    }

    /** Lets the models that are loaded follow what is known by now of their outcomes; asks the store without holding anyone up. */
    public void calibrate() {
        for (LoadedModel model : loaded()) {
            LoadedModel next = loader.calibrated(model);
            if (!next.equals(model)) {
                replace(model, next);
            }
        }
    }

    private synchronized void replace(LoadedModel before, LoadedModel next) {
        if (loaded.replace(before.ref(), before, next)) {
            log.info("model {} reads its probabilities by outcomes of orders up to {}", next.ref().version(), next.liveUntil());
            rebuild();
        }
    }

    /** All models that are loaded. */
    public synchronized List<LoadedModel> loaded() {
        return List.copyOf(loaded.values());
    }

    /** A model where it is loaded, else null. */
    public synchronized @Nullable LoadedModel find(ModelRef ref) {
        return loaded.get(ref);
    }

    /** A loaded model, or null. */
    public synchronized @Nullable LoadedModel find(String version) {
        return loaded.values().stream().filter(model -> model.ref().version().equals(version)).findFirst().orElse(null);
    }

    @PreDestroy
    void close() {
        executor.shutdownNow();
    }

    /** Begins to load what is missing. */
    private void retry() {
        for (ModelRef ref : decided.models()) {
            Long failed = failedNanos.get(ref);
            boolean due = failed == null || System.nanoTime() - failed > RETRY_NANOS;
            if (!loaded.containsKey(ref) && due && loading.add(ref)) {
                Future<?> _ = executor.submit(() -> load(ref));
            }
        }
    }

    private void load(ModelRef ref) {
        LoadedModel model = null;
        String failure = null;
        try {
            model = loader.load(ref);
        } catch (RuntimeException | Error e) {
            // Also of too little heap or stack: what is not told as failed is waited for, and never tried again.
            failure = e instanceof DoorstepException ? String.valueOf(e.getMessage()) : e.toString();
            log.error("model {} can't be prepared: {}", ref.version(), failure);
        }
        synchronized (this) {
            loading.remove(ref);
            if (model == null) {
                failures.put(ref, String.valueOf(failure));
                failedNanos.put(ref, System.nanoTime());
            } else {
                failures.remove(ref);
                failedNanos.remove(ref);
                loaded.put(ref, model);
                log.info("model {} is prepared: {}", ref.version(), ref.digest());
            }
            rebuild();
        }
    }

    private synchronized Lineup rebuilt() {
        rebuild();
        return lineup;
    }

    private void rebuild() {
        Serving serving = decided;
        LoadedModel active = loaded.get(serving.active());
        if (active == null) {
            // Not loaded yet, or it can't be: the one before it goes on, as it is by now.
            active = loaded.getOrDefault(lineup.active().ref(), lineup.active());
        }
        List<Lineup.Trial> trials = new ArrayList<>();
        for (Rollout rollout : serving.rollouts()) {
            LoadedModel candidate = loaded.get(rollout.candidate());
            LoadedModel baseline = loaded.get(rollout.baseline());
            if (dropped.containsKey(rollout.rolloutId())) {
                // Provisional ones are taken back to what they replaced.
                active = baseline != null && active.ref().equals(rollout.candidate()) ? baseline : active;
            } else if (candidate != null && baseline != null) {
                TrialProgress known = progress.computeIfAbsent(rollout.rolloutId(), _ -> loader.begin(candidate, baseline));
                if (rollout.state() != Rollout.State.PREPARING) {
                    trials.add(new Lineup.Trial(rollout, candidate, baseline, known));
                }
            }
        }
        progress.keySet().retainAll(serving.rollouts().stream().map(Rollout::rolloutId).toList());
        SafeMode safe = serving.safeMode();
        Forecaster pinned = safe == null || !clock.instant().isBefore(safe.until())
                ? null
                : new Pinned(active.forecaster(), table, safe.basis());
        Serving shown = pinned == null ? serving.withSafeMode(null) : serving;
        Lineup before = lineup;
        lineup = new Lineup(shown, active, trials, pinned);
        if (!before.active().ref().equals(active.ref())) {
            log.info("model {} answers, in the place of {} (epoch {})", active.ref().version(), before.active().ref().version(),
                    serving.epoch());
        }
        Set<ModelRef> wanted = serving.models();
        wanted.add(active.ref());
        loaded.keySet().retainAll(wanted);
    }

    /** Counts of the trials that run, by rollout. */
    public Map<String, Counts> counts() {
        Map<String, Counts> counts = new TreeMap<>();
        progress.forEach((rolloutId, each) -> counts.put(rolloutId, each.counts()));
        return counts;
    }
}
