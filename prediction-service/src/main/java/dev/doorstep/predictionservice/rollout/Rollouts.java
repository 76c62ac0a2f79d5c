package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.predictionservice.registry.Bundles;
import dev.doorstep.predictionservice.registry.Cause;
import dev.doorstep.predictionservice.registry.Change;
import dev.doorstep.predictionservice.registry.Model;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.registry.Step;
import dev.doorstep.predictionservice.registry.Strategy;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.watching.verdict.Rules;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What operators do to rollouts. Thread-safe. */
@Component
class Rollouts {
    static final String ROLLED_BACK = "rolled-back";
    private static final Duration LONGEST_BAKE = Duration.ofDays(30);
    /** Two who ask for a rollback within it, or one whose first answer was lost, take one model back. */
    private static final Duration SAME = Duration.ofMinutes(1);
    private static final int RECENT = 20;

    private final Registry registry;
    private final Bundles bundles;
    private final ServingModels models;
    private final Reports reports;
    private final Rules rules;
    private final Clock clock;

    Rollouts(Registry registry, Bundles bundles, ServingModels models, Reports reports, Rules rules, Clock clock) {
        this.registry = registry;
        this.bundles = bundles;
        this.models = models;
        this.reports = reports;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * Starts one.
     *
     * @throws DoorstepException {@code NOT_FOUND}, {@code INVALID_REQUEST}, {@code MODEL_BLOCKED} or {@code ROLLOUT_CONFLICT}
     */
    RolloutReport start(RolloutRequest request, Cause cause) {
        List<Step> steps = steps(request);
        Model model = usable("version", request.version());
        String rolloutId = UUID.randomUUID().toString();
        registry.change(cause, "started", rolloutId,
                serving -> Transitions.start(serving, new Rollout(rolloutId, model.ref(),
                        serving.active(), request.strategy(), steps, Rollout.State.PREPARING, 0, now())));
        return find(rolloutId);
    }

    private static List<Step> steps(RolloutRequest request) {
        List<Step> steps = request.steps();
        if (steps == null) {
            return request.strategy().usualSteps();
        }
        if (request.strategy() == Strategy.SHADOW) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "steps", "steps: a shadow has none");
        }
        int before = 0;
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            String field = "steps[" + i + "]";
            if (step == null) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, field, field + " must have percent and bake: null");
            }
            if (step.percent() <= before || step.percent() > 100) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, field + ".percent",
                        field + ".percent must be more than " + before + " and at most 100: " + step.percent());
            }
            if (step.bake() == null || step.bake().isNegative() || step.bake().compareTo(LONGEST_BAKE) > 0) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, field + ".bake",
                        field + ".bake must be a duration such as PT10M, up to " + LONGEST_BAKE + ": " + step.bake());
            }
            before = step.percent();
        }
        return steps;
    }

    /**
     * A rollout with its verdicts.
     *
     * @throws DoorstepException {@code NOT_FOUND}
     */
    RolloutReport find(String rolloutId) {
        Rollout rollout = registry.rollout(rolloutId);
        if (rollout == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "rolloutId", "no rollout " + DoorstepException.shown(rolloutId));
        }
        return reports.find(rollout, rules);
    }

    /** The next step of a rollout, or all at once. */
    RolloutReport promote(String rolloutId, boolean full, Cause cause) {
        RolloutReport report = find(rolloutId);
        Rollout seen = report.rollout();
        if (seen.isOpen() && report.waitsFor() != null) {
            throw new DoorstepException(ErrorCode.ROLLOUT_CONFLICT, "state", "the rollout is " + seen.state().wireName()
                    + " and not every replica has the candidate: " + report.waitsFor());
        }
        return change(rolloutId, "promoted", cause, (serving, now) -> Transitions.promote(serving, seen, full, now));
    }

    /** Lets a rollout stand still. */
    RolloutReport pause(String rolloutId, Cause cause) {
        return change(rolloutId, "paused", cause, (serving, now) -> Transitions.pause(serving, rolloutId, now));
    }

    /** Ends a rollout, in every state. */
    RolloutReport abort(String rolloutId, Cause cause) {
        return change(rolloutId, "aborted", cause, (serving, now) -> Transitions.abort(serving, rolloutId, now));
    }

    private RolloutReport change(String rolloutId, String action, Cause cause, BiFunction<Serving, Instant, Serving> transition) {
        Cause figured = new Cause(cause.actor(), cause.requestId(), cause.reason(), find(rolloutId).verdicts());
        registry.change(figured, action, rolloutId, serving -> transition.apply(serving, now()));
        return find(rolloutId);
    }

    /**
     * Goes back. For a minute after something was taken back, whoever names no model means the same thing, and nothing changes.
     *
     * @param to version or digest of a registered model, or null for the last good one
     * @throws DoorstepException {@code NOT_FOUND}, {@code INVALID_MODEL} when it can't be loaded any more, {@code MODEL_BLOCKED} or
     *     {@code ROLLOUT_CONFLICT}
     */
    Serving rollBack(@Nullable String to, Cause cause) {
        Model model = to == null ? null : loadable(usable("to", to));
        String reason = cause.reason() == null ? "a person said so" : cause.reason();
        Serving seen = registry.required();
        if (to == null && wasJustTakenBack(seen)) {
            return seen;
        }
        return registry.change(cause, ROLLED_BACK, null, serving -> Transitions.rollBack(serving, seen,
                model == null ? null : model.ref(), reason, now()));
    }

    /**
     * Whether a rollback of the last minute took something from customers, and what answers them is still what it left, whatever else was
     * decided since; the end of a shadow took nothing from anyone.
     */
    private boolean wasJustTakenBack(Serving seen) {
        List<Change> changes = registry.history(seen.at(), RECENT);
        Instant after = now().minus(SAME);
        for (int i = 0; i + 1 < changes.size() && changes.get(i).at().isAfter(after); i++) {
            Change change = changes.get(i);
            if (change.action().equals(ROLLED_BACK) && !answersAlike(change.serving(), changes.get(i + 1).serving())) {
                return answersAlike(change.serving(), seen);
            }
        }
        return false;
    }

    private static boolean answersAlike(Serving one, Serving other) {
        return one.active().equals(other.active()) && Objects.equals(canary(one), canary(other));
    }

    private static @Nullable String canary(Serving serving) {
        Rollout canary = serving.canary();
        return canary == null || canary.percent() == 0 ? null : canary.rolloutId();
    }

    /** Replicas would go on with the model that is to be left, were there nothing that they could load. */
    private Model loadable(Model model) {
        if (models.find(model.ref()) == null) {
            bundles.read(model.digest());
        }
        return model;
    }

    private Model usable(String field, String version) {
        Model model = registry.model(field, version);
        if (model.state() == Model.State.REJECTED) {
            throw new DoorstepException(ErrorCode.ROLLOUT_CONFLICT, field, "version " + version + " was rejected: " + model.reason());
        }
        return model;
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }
}
