package dev.doorstep.predictionservice.rollout;

import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.drift.Drift;
import dev.doorstep.predictionservice.drift.DriftReport;
import dev.doorstep.predictionservice.outcome.CalibrationUpdates;
import dev.doorstep.predictionservice.outcome.Pairs;
import dev.doorstep.predictionservice.registry.Cause;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.serving.Counts;
import dev.doorstep.predictionservice.serving.ModelLoader;
import dev.doorstep.servicekit.work.Repeating;
import dev.doorstep.watching.verdict.Pair;
import dev.doorstep.watching.verdict.Rules;
import dev.doorstep.watching.verdict.Verdict;
import dev.doorstep.watching.verdict.Verdict.Result;
import dev.doorstep.watching.verdict.Watch;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Decides what nobody asked for: one replica at a time, on the counts of all. A decision is a conditional write on what it was made from,
 * so that a replica which has lost the lease unawares decides nothing twice.
 */
@Component
class Automation implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Automation.class);
    private static final long DRIFT_NANOS = Duration.ofMinutes(1).toNanos();
    private static final Duration LEASE = Duration.ofSeconds(3);
    /** What a step needs to have seen; what needs mature orders comes later, and until then the model is provisional. */
    private static final Set<String> BEFORE_NEXT_STEP = Set.of("errors", "latency", "promised-days");
    private static final Set<String> BEFORE_SETTLED = Set.of("quality", "late-rate");

    private final Registry registry;
    private final ModelStore store;
    private final Reports reports;
    private final Pairs pairs;
    private final Follower follower;
    private final Alerts alerts;
    private final Drift drift;
    private final CalibrationUpdates calibration;
    private final boolean calibrates;
    private final AtomicLong drifted = new AtomicLong();
    private final Rules rules;
    private final Clock clock;
    private final Repeating looks;
    private final Map<String, Matured> reading = new HashMap<>();
    /** When drift was looked at last; whoever takes over looks at once. */
    private long driftNanos = System.nanoTime() - DRIFT_NANOS;

    Automation(Registry registry, ModelStore store, Reports reports, Pairs pairs, Follower follower, Alerts alerts, Drift drift,
            CalibrationUpdates calibration, Rules rules, RolloutSettings settings, MeterRegistry metrics, Clock clock) {
        this.drift = drift;
        this.calibration = calibration;
        this.calibrates = settings.liveCalibration();
        Gauge.builder("doorstep.drift.features", drifted, AtomicLong::get).register(metrics);
        this.registry = registry;
        this.store = store;
        this.reports = reports;
        this.pairs = pairs;
        this.follower = follower;
        this.alerts = alerts;
        this.rules = rules;
        this.clock = clock;
        this.looks = new Repeating("automation", "nothing can be decided", settings.poll(), settings.poll(), this::look);
    }

    /** Pairs of a rollout by days, of those after one up to another, as they are read. */
    private record Matured(long after, long until, CompletableFuture<List<List<Pair>>> cohorts) {}

    @Override
    public void start() {
        looks.start();
    }

    @Override
    public void stop() {
        looks.stopNow();
    }

    @Override
    public boolean isRunning() {
        return looks.isRunning();
    }

    private void look() {
        if (!follower.hasFollowed() || !store.claim(follower.replicaId(), LEASE)) {
            return;
        }
        Serving serving = registry.required();
        if (!serving.rollouts().isEmpty()) {
            decide(serving);
        }
        if (System.nanoTime() - driftNanos >= DRIFT_NANOS && !serving.active().equals(ModelLoader.TABLE)) {
            driftNanos = System.nanoTime();
            watchDrift(serving.active());
        }
        if (calibrates && serving.frozen() == null) {
            calibration.update(serving.models());
        }
    }

    /** Drift of features is told and never takes a model back: another one would meet the same world. */
    private void watchDrift(ModelRef active) {
        DriftReport report = drift.report(active);
        drifted.set(report.drifted());
        if (report.result() == Result.FAIL) {
            alerts.raise("drift", active.version(),
                    "is asked about other orders than it was trained with: " + report.drifted() + " features have drifted", List.of());
        }
    }

    /** Looks at all rollouts once. */
    private void decide(Serving serving) {
        List<ReplicaReport> all = reports.all();
        reading.keySet().retainAll(serving.rollouts().stream().map(Rollout::rolloutId).toList());
        for (Rollout rollout : serving.rollouts()) {
            try {
                RolloutReport known = reports.find(rollout, rules);
                RolloutReport report = looked(known, all);
                if (!report.equals(known)) {
                    reports.save(report);
                }
                if (serving.frozen() == null) {
                    decide(report, all);
                }
            } catch (RuntimeException e) {
                log.error("rollout {} can't be decided on", rollout.rolloutId(), e);
            }
        }
    }

    /** The report with all that was counted and matured since. */
    private RolloutReport looked(RolloutReport known, List<ReplicaReport> all) {
        Rollout rollout = known.rollout();
        Map<String, Counts> seen = new TreeMap<>(known.seen());
        Counts fresh = Counts.NONE;
        for (ReplicaReport replica : all) {
            Counts counts = replica.counts().get(rollout.rolloutId());
            if (counts != null) {
                fresh = fresh.plus(counts.since(seen.getOrDefault(replica.replicaId(), Counts.NONE)));
                seen.put(replica.replicaId(), counts);
            }
        }
        // What replicas of long ago had counted is in the watch, and their reports are gone.
        seen.keySet().retainAll(all.stream().map(ReplicaReport::replicaId).toList());
        Watch watch = known.watch();
        if (fresh.candidate().runs() > 0 || fresh.baseline().runs() > 0 || fresh.differences().count() > 0) {
            watch = watch.withRuns(fresh.candidate(), fresh.baseline(), rules).withDifferences(fresh.differences(), rules);
        }
        long until = known.cohortsUntil();
        Matured matured = matured(rollout, until, rules.mature(clock.instant()).toEpochDay());
        if (matured != null) {
            for (List<Pair> cohort : matured.cohorts().join()) {
                watch = watch.withCohort(cohort, rules);
            }
            until = matured.until();
        }
        return new RolloutReport(rollout, seen, watch, until, watch.verdicts(rules),
                rollout.isOpen() ? waitsFor(rollout, all) : null);
    }

    /** Pairs of the days that have matured since, once they are read; null until then: what fails meanwhile must not wait for them. */
    private @Nullable Matured matured(Rollout rollout, long after, long mature) {
        if (after >= mature) {
            return null;
        }
        Matured begun = reading.get(rollout.rolloutId());
        if (begun == null || begun.after() != after) {
            begun = new Matured(after, mature, CompletableFuture.supplyAsync(
                    () -> List.copyOf(pairs.cohorts(rollout, after + 1, mature).values()),
                    Thread::startVirtualThread));
            reading.put(rollout.rolloutId(), begun);
        }
        if (!begun.cohorts().isDone()) {
            return null;
        }
        reading.remove(rollout.rolloutId());
        if (begun.cohorts().isCompletedExceptionally()) {
            log.warn("pairs of rollout {} can't be read now, trying on: {}", rollout.rolloutId(),
                    begun.cohorts().exceptionNow().toString());
            return null;
        }
        return begun;
    }

    /** The replicas that do not have a candidate yet or have not compared it, with their reasons; null where all have. */
    private @Nullable String waitsFor(Rollout rollout, List<ReplicaReport> all) {
        Map<String, String> missing = new HashMap<>();
        for (ReplicaReport replica : all) {
            if (reports.isAlive(replica) && !replica.counts().containsKey(rollout.rolloutId())) {
                missing.put(replica.replicaId(), Objects.requireNonNullElse(failure(replica, rollout), "is loading it"));
            }
        }
        return missing.isEmpty() ? null : missing.toString();
    }

    /** Why a replica can't try a candidate, or null. */
    private static @Nullable String failure(ReplicaReport replica, Rollout rollout) {
        return Stream.of(rollout.candidate(), rollout.baseline()).map(model -> replica.failures().get(model.digest()))
                .filter(Objects::nonNull).findFirst().orElse(null);
    }

    private void decide(RolloutReport report, List<ReplicaReport> all) {
        Rollout rollout = report.rollout();
        Instant now = Instant.ofEpochMilli(clock.millis());
        String rolloutId = rollout.rolloutId();
        String version = rollout.candidate().version();
        List<Verdict> failed = report.verdicts().stream().filter(each -> each.rollsBack() && each.result() == Result.FAIL).toList();
        List<String> dropped = all.stream().filter(each -> each.dropped().contains(rolloutId)).map(each -> each.dropReason(rolloutId))
                .toList();
        if (!failed.isEmpty() || !dropped.isEmpty()) {
            String reason = failed.isEmpty() ? String.join("; ", dropped) : Verdict.failed(failed);
            Serving decided = change(rollout, Rollouts.ROLLED_BACK, reason, report.verdicts(),
                    serving -> Transitions.fail(serving, rolloutId, reason, now));
            // Said of each rollout, however soon after the last one of the same version; of what a person was faster to end, nothing.
            if (decided.ended().stream().anyMatch(each -> each.rolloutId().equals(rolloutId))) {
                alerts.raise(Rollouts.ROLLED_BACK, version, "in rollout " + rolloutId + ": " + reason, report.verdicts());
            }
            return;
        }
        // A replica that has lost the candidate, or never had it, holds up what comes next.
        if (report.waitsFor() != null && all.stream().anyMatch(each -> reports.isAlive(each) && failure(each, rollout) != null)) {
            alerts.raise("replica-cannot-prepare", version, "promotion is blocked: " + report.waitsFor(), List.of());
        }
        report.verdicts().stream().filter(each -> !each.rollsBack() && each.result() == Result.FAIL)
                .forEach(each -> alerts.raise(each.check(), version, "is beyond its threshold", List.of(each)));
        switch (rollout.state()) {
            case PREPARING -> {
                if (report.waitsFor() == null) {
                    change(rollout, "prepared", "every replica has it, compared on " + compared(report) + " recent requests",
                            report.verdicts(), serving -> Transitions.prepared(serving, rolloutId, now));
                }
            }
            case CANARY -> step(report, now);
            case ACTIVE -> {
                if (passed(report, BEFORE_SETTLED)) {
                    change(rollout, "settled", "its orders have matured", report.verdicts(),
                            serving -> Transitions.settle(serving, rolloutId));
                }
            }
            case SHADOW, PAUSED, ROLLED_BACK, ABORTED -> {
                // Nothing to decide.
            }
        }
    }

    private static long compared(RolloutReport report) {
        return report.seen().values().stream().mapToLong(counts -> counts.differences().count()).sum();
    }

    private void step(RolloutReport report, Instant now) {
        Rollout rollout = report.rollout();
        Duration bake = rollout.steps().get(rollout.step()).bake();
        Duration baked = Duration.between(rollout.since(), now);
        if (baked.compareTo(bake) < 0) {
            return;
        }
        if (report.waitsFor() == null && passed(report, BEFORE_NEXT_STEP)) {
            change(rollout, "advanced", "passed for " + bake, report.verdicts(),
                    serving -> Transitions.advance(serving, rollout.rolloutId(), rollout.step(), now));
        } else if (baked.compareTo(bake.multipliedBy(rules.noDataBakes())) >= 0) {
            String reason = (report.waitsFor() == null ? "no data" : "replicas without it: " + report.waitsFor()) + " after "
                    + bake.multipliedBy(rules.noDataBakes());
            change(rollout, "paused", reason, report.verdicts(), serving -> {
                Rollout current = serving.rollout(rollout.rolloutId());
                return rollout.equals(current) ? Transitions.pause(serving, rollout.rolloutId(), now) : serving;
            });
            alerts.raise("no-data", rollout.candidate().version(), reason, report.verdicts());
        }
    }

    private static boolean passed(RolloutReport report, Set<String> checks) {
        return report.verdicts().stream().filter(each -> checks.contains(each.check())).allMatch(each -> each.result() == Result.PASS);
    }

    private Serving change(Rollout rollout, String action, String reason, List<Verdict> figures, UnaryOperator<Serving> transition) {
        Serving decided = registry.change(Cause.automation(reason, figures), action, rollout.rolloutId(), transition);
        log.info("rollout {} of {}: {} ({})", rollout.rolloutId(), rollout.candidate().version(), action, reason);
        follower.follow();
        return decided;
    }
}
