package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.serving.Counts;
import dev.doorstep.predictionservice.serving.Lineup;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.servicekit.health.Preparation;
import dev.doorstep.watching.verdict.Rules;
import dev.doorstep.watching.verdict.Verdict;
import dev.doorstep.watching.verdict.Watch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets this replica follow what was decided, and report. While the store can't be reached it goes on with what it knows, and drops by
 * itself a candidate that fails or is slow here.
 */
@Component
class Follower implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Follower.class);
    private static final Duration ALONE = Duration.ofSeconds(2);

    private final Registry registry;
    private final ServingModels models;
    private final Reports reports;
    private final Rules rules;
    private final Preparation tables;
    private final Duration poll;
    private final String replicaId = UUID.randomUUID().toString();
    private final ScheduledExecutorService executor = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("follower").daemon().factory());
    private final Map<String, Watch> watches = new HashMap<>();
    private final Map<String, Counts> watched = new HashMap<>();
    private volatile long contactNanos = System.nanoTime();
    private volatile boolean running;
    private String lastProblem = "";

    Follower(Registry registry, ServingModels models, Reports reports, Rules rules, Preparation tables, RolloutSettings settings,
            MeterRegistry metrics) {
        this.tables = tables;
        this.registry = registry;
        this.models = models;
        this.reports = reports;
        this.rules = rules;
        this.poll = settings.poll();
        Gauge.builder("doorstep.rollout.epoch", models, each -> each.lineup().serving().epoch()).register(metrics);
        Gauge.builder("doorstep.rollout.models.failed", models, each -> each.failures().size()).register(metrics);
        Gauge.builder("doorstep.rollout.frozen", models, each -> each.lineup().serving().frozen() == null ? 0 : 1).register(metrics);
        Gauge.builder("doorstep.rollout.safe.mode", models, each -> each.lineup().serving().safeMode() == null ? 0 : 1).register(metrics);
        Gauge.builder("doorstep.rollout.blocked", models, each -> each.lineup().serving().blocked().size()).register(metrics);
    }

    /** Whether it has seen any decision yet. */
    boolean hasFollowed() {
        return models.lineup().serving().epoch() > 0;
    }

    String replicaId() {
        return replicaId;
    }

    @Override
    public void start() {
        running = true;
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::attempt, 0, poll.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        executor.shutdownNow();
        try {
            Lineup lineup = models.lineup();
            reports.gone(new ReplicaReport(replicaId, 0, lineup.serving().epoch(), models.prepared(), models.failures(), models.dropped(),
                    models.counts()));
        } catch (RuntimeException e) {
            log.info("nobody could be told that this replica ends: {}", e.toString());
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void attempt() {
        try {
            if (tables.awaitDone(Duration.ZERO)) {
                follow();
            }
            lastProblem = "";
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            if (!e.toString().equals(lastProblem)) {
                lastProblem = e.toString();
                log.warn("what is to serve can't be looked up, going on with epoch {}: {}", models.lineup().serving().epoch(), lastProblem);
            }
            if (System.nanoTime() - contactNanos > ALONE.toNanos()) {
                guardOrSay();
            }
        }
    }

    /** Looks what is to serve, does it, and says so. */
    synchronized void follow() {
        Serving serving = registry.serving();
        if (serving == null) {
            serving = registry.begin(models.lineup().active().ref(), models.manifest());
        }
        models.follow(serving);
        contactNanos = System.nanoTime();
        watches.clear();
        watched.clear();
        reports.put(replicaId, models.lineup().serving().epoch(), models, models.counts());
    }

    /** Nothing may end the one thread that follows. */
    private void guardOrSay() {
        try {
            guard();
        } catch (RuntimeException e) {
            log.error("the candidates of this replica can't be judged", e);
        }
    }

    /** Nobody decides: what this replica sees of a candidate is all there is. */
    private synchronized void guard() {
        for (Lineup.Trial trial : models.lineup().trials()) {
            String rolloutId = trial.rollout().rolloutId();
            Counts counts = trial.progress().counts();
            Counts fresh = counts.since(watched.getOrDefault(rolloutId, Counts.NONE));
            Watch watch = watches.getOrDefault(rolloutId, Watch.of(rules)).withRuns(fresh.candidate(), fresh.baseline(), rules);
            watches.put(rolloutId, watch);
            watched.put(rolloutId, counts);
            List<Verdict> failed = watch.verdicts(rules).stream()
                    .filter(verdict -> verdict.rollsBack() && verdict.result() == Verdict.Result.FAIL).toList();
            if (!failed.isEmpty() && trial.rollout().percent() > 0) {
                log.error("model {} is dropped here, while the store is away: {}", trial.rollout().candidate().version(), failed);
                models.drop(rolloutId);
            }
        }
    }
}
