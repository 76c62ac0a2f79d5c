package dev.doorstep.predictionservice.rollout;

import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.serving.Counts;
import dev.doorstep.predictionservice.serving.Lineup;
import dev.doorstep.predictionservice.serving.Policies;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.servicekit.health.Preparation;
import dev.doorstep.servicekit.work.Repeating;
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
    private static final long CALIBRATION_NANOS = Duration.ofSeconds(5).toNanos();

    private final Registry registry;
    private final ServingModels models;
    private final Policies policies;
    private final Reports reports;
    private final Alerts alerts;
    private final Rules rules;
    private final Preparation tables;
    private final Repeating looks;
    /** On a thread of its own: a look at a store that hangs takes as long as its calls may. */
    private final Repeating guards;
    private final String replicaId = UUID.randomUUID().toString();
    private final Map<String, Watch> watches = new HashMap<>();
    private final Map<String, Counts> watched = new HashMap<>();
    private volatile long contactNanos = System.nanoTime();
    private long calibrationNanos = System.nanoTime();

    Follower(Registry registry, ServingModels models, Policies policies, Reports reports, Alerts alerts, Rules rules, Preparation tables,
            RolloutSettings settings, MeterRegistry metrics) {
        this.alerts = alerts;
        this.policies = policies;
        this.tables = tables;
        this.registry = registry;
        this.models = models;
        this.reports = reports;
        this.rules = rules;
        this.looks = new Repeating("follower", "what is to serve can't be looked up", Duration.ZERO, settings.poll(), this::look);
        this.guards = new Repeating("guard", "candidates can't be judged by this replica", settings.poll(), settings.poll(), this::guard);
        Gauge.builder("doorstep.rollout.epoch", models, each -> each.lineup().serving().epoch()).register(metrics);
        Gauge.builder("doorstep.rollout.models.failed", models, each -> each.failures().size()).register(metrics);
        Gauge.builder("doorstep.rollout.frozen", models, each -> each.lineup().serving().frozen() == null ? 0 : 1).register(metrics);
        Gauge.builder("doorstep.rollout.safe.mode", models, each -> each.lineup().serving().safeMode() == null ? 0 : 1).register(metrics);
        LiveState.LEVELS.forEach(
                level -> Gauge.builder("doorstep.calibration.read.at", models, each -> each.lineup().active().readAt(level))
                        .tag("confidence", level.toString()).register(metrics));
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
        looks.start();
        guards.start();
    }

    @Override
    public void stop() {
        guards.stopNow();
        looks.stopNow();
        try {
            reports.put(replicaId, models, true);
        } catch (RuntimeException e) {
            log.info("nobody could be told that this replica ends: {}", e.toString());
        }
    }

    @Override
    public boolean isRunning() {
        return looks.isRunning();
    }

    private void look() throws InterruptedException {
        if (tables.awaitDone(Duration.ZERO)) {
            follow();
        }
    }

    /** Looks what is to serve, does it, and says so. */
    synchronized void follow() {
        Serving serving = registry.serving();
        if (serving == null) {
            serving = registry.begin(models.lineup().active().ref(), models.manifest());
        }
        if (!hasFollowed()) {
            // So that the first answers have it as well.
            models.calibrate();
        }
        models.follow(serving);
        policies.keep();
        // Where nothing can be written, nobody can decide either.
        reports.put(replicaId, models, false);
        contactNanos = System.nanoTime();
        if (System.nanoTime() - calibrationNanos >= CALIBRATION_NANOS) {
            calibrationNanos = System.nanoTime();
            models.calibrate();
        }
    }

    /** Nobody decides: what this replica sees of a candidate is all there is. */
    private void guard() {
        if (System.nanoTime() - contactNanos <= ALONE.toNanos()) {
            watches.clear();
            watched.clear();
            return;
        }
        if (models.lineup().serving().frozen() != null) {
            return;
        }
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
                String reason = Verdict.failed(failed);
                models.drop(rolloutId, reason);
                alerts.raise("dropped-by-a-replica", trial.rollout().candidate().version(),
                        "in rollout " + rolloutId + ", by replica " + replicaId + " that can't reach the store: " + reason, failed);
            }
        }
    }
}
