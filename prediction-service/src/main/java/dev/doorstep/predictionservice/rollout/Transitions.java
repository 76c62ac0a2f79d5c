package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.predictionservice.registry.Strategy;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What each decision makes of what serves. Pure functions: the registry applies them by one conditional write. */
final class Transitions {
    private Transitions() {}

    /**
     * Begins a rollout: replicas load its candidate.
     *
     * @throws DoorstepException {@code MODEL_BLOCKED}, or {@code ROLLOUT_CONFLICT} when the candidate serves already or another one is on
     *     its way to
     */
    static Serving start(Serving serving, Rollout rollout) {
        String version = rollout.candidate().version();
        String blocked = serving.blocked().get(version);
        if (blocked != null) {
            throw new DoorstepException(ErrorCode.MODEL_BLOCKED, "version",
                    "version " + version + " was taken back: " + blocked + "; DELETE /v1/blocks/" + version + " clears it");
        }
        if (serving.active().equals(rollout.candidate())) {
            throw conflict("version", "version " + version + " is the active one already");
        }
        for (Rollout other : serving.rollouts()) {
            if (other.isOpen() && other.candidate().equals(rollout.candidate())) {
                throw conflict("version", "version " + version + " is in rollout " + other.rolloutId() + " already");
            }
        }
        Rollout canary = serving.canary();
        if (canary != null && rollout.strategy() != Strategy.SHADOW) {
            throw conflict("version", "version " + canary.candidate().version() + " is on its way already, by rollout " + canary.rolloutId()
                    + "; any number can be in shadow");
        }
        return serving.with(rollout);
    }

    /** Every replica has it: it begins. */
    static Serving prepared(Serving serving, String rolloutId, Instant now) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null || rollout.state() != Rollout.State.PREPARING) {
            return serving;
        }
        return begin(serving, rollout, 0, now);
    }

    /** Goes to a step; beyond the last one, and where a step takes all customers, the candidate becomes the active model. */
    private static Serving begin(Serving serving, Rollout rollout, int step, Instant now) {
        if (rollout.strategy() == Strategy.SHADOW && step == 0) {
            return serving.with(rollout.in(Rollout.State.SHADOW, 0, now));
        }
        if (step >= rollout.steps().size() || rollout.steps().get(step).percent() == 100) {
            return activate(serving, rollout, now);
        }
        return serving.with(rollout.in(Rollout.State.CANARY, step, now));
    }

    private static Serving activate(Serving serving, Rollout rollout, Instant now) {
        // What was provisional until now is settled by being replaced.
        Rollout provisional = serving.provisional();
        Serving settled = provisional == null ? serving : serving.without(provisional);
        Rollout active = new Rollout(rollout.rolloutId(), rollout.candidate(), serving.active(), rollout.strategy(), rollout.steps(),
                Rollout.State.ACTIVE, rollout.step(), now);
        return withoutStale(settled.withActive(rollout.candidate(), serving.active()).with(active), now);
    }

    /** Ends what is compared with a model that is not the active one any more: its figures would say nothing of what it might replace. */
    private static Serving withoutStale(Serving serving, Instant now) {
        Serving next = serving;
        for (Rollout rollout : serving.rollouts()) {
            if (rollout.isOpen() && !rollout.baseline().equals(serving.active())) {
                next = next.with(rollout.in(Rollout.State.ABORTED, rollout.step(), now));
            }
        }
        return next;
    }

    /** The next step, because its figures were good for long enough. */
    static Serving advance(Serving serving, String rolloutId, int from, Instant now) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null || rollout.state() != Rollout.State.CANARY || rollout.step() != from) {
            return serving;
        }
        return begin(serving, rollout, from + 1, now);
    }

    /**
     * The next step, because a person says so.
     *
     * @param seen the rollout as the person saw it: two who promote at once promote once
     * @param full whether straight to all customers
     */
    static Serving promote(Serving serving, Rollout seen, boolean full, Instant now) {
        String rolloutId = seen.rolloutId();
        Rollout rollout = open(serving, rolloutId, "promoted");
        if (rollout.state() != seen.state() || rollout.step() != seen.step()) {
            throw conflict("state", "someone else was faster: the rollout is " + rollout.state().wireName() + " at step " + rollout.step());
        }
        Rollout canary = serving.canary();
        if (rollout.strategy() == Strategy.SHADOW && canary != null) {
            throw conflict("state", "version " + canary.candidate().version() + " is on its way already, by rollout " + canary.rolloutId());
        }
        if (rollout.state() == Rollout.State.PREPARING) {
            throw conflict("state", "the rollout is still preparing: not every replica has the candidate");
        }
        return full ? activate(serving, rollout, now) : begin(serving, rollout, rollout.step() + 1, now);
    }

    /** Stands still. */
    static Serving pause(Serving serving, String rolloutId, Instant now) {
        Rollout rollout = open(serving, rolloutId, "paused");
        if (rollout.state() == Rollout.State.PAUSED) {
            return serving;
        }
        if (rollout.state() != Rollout.State.CANARY) {
            throw conflict("state", "only a canary can be paused; the rollout is " + rollout.state().wireName());
        }
        return serving.with(rollout.in(Rollout.State.PAUSED, rollout.step(), now));
    }

    private static Rollout open(Serving serving, String rolloutId, String what) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null || !rollout.isOpen()) {
            throw conflict("state", "the rollout has ended and can't be " + what);
        }
        return rollout;
    }

    /** Ends a rollout because a person says so; one that has ended stays as it is, and a provisional one is undone. */
    static Serving abort(Serving serving, String rolloutId, Instant now) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null) {
            return serving;
        }
        return rollout.isOpen()
                ? serving.with(rollout.in(Rollout.State.ABORTED, rollout.step(), now))
                : undo(serving, rollout, Rollout.State.ABORTED, now);
    }

    /** Takes a candidate back because of its figures, and blocks its version. */
    static Serving fail(Serving serving, String rolloutId, String reason, Instant now) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null) {
            return serving;
        }
        Serving undone = rollout.isOpen()
                ? serving.with(rollout.in(Rollout.State.ROLLED_BACK, rollout.step(), now))
                : undo(serving, rollout, Rollout.State.ROLLED_BACK, now);
        return undone.withBlocked(rollout.candidate().version(), reason);
    }

    private static Serving undo(Serving serving, Rollout provisional, Rollout.State state, Instant now) {
        return withoutStale(serving.with(provisional.in(state, provisional.step(), now)).withActive(provisional.baseline(), null), now);
    }

    /**
     * Back to a model: the one that was asked for, else away from the candidate that answers some customers, else to the last good one, else
     * away from the candidate that would answer next.
     *
     * @param seen what served when it was asked for: what someone else has taken back meanwhile is not followed by more
     * @throws DoorstepException {@code ROLLOUT_CONFLICT} when there is nothing to go back to
     */
    static Serving rollBack(Serving serving, Serving seen, @Nullable ModelRef to, String reason, Instant now) {
        if (to != null) {
            return rollBackTo(serving, to, reason, now);
        }
        Rollout canary = seen.canary();
        // A candidate that replicas still load answers nobody: whoever sees bad answers means another model.
        boolean answers = canary != null && canary.state() != Rollout.State.PREPARING;
        Rollout undone = answers ? canary : seen.provisional();
        if (undone != null) {
            return fail(serving, undone.rolloutId(), reason, now);
        }
        ModelRef lastGood = serving.lastGood();
        if (!serving.active().equals(seen.active())) {
            return serving;
        }
        if (lastGood == null && canary != null) {
            return abort(serving, canary.rolloutId(), now);
        }
        if (lastGood == null || serving.blocked().containsKey(lastGood.version())) {
            throw conflict("to", "there is no model to go back to from " + serving.active().version() + "; name one in `to`");
        }
        return rollBackTo(serving, lastGood, reason, now);
    }

    private static Serving rollBackTo(Serving serving, ModelRef to, String reason, Instant now) {
        if (serving.blocked().containsKey(to.version())) {
            throw new DoorstepException(ErrorCode.MODEL_BLOCKED, "to", "version " + to.version() + " was taken back itself");
        }
        Serving next = serving;
        for (Rollout rollout : serving.rollouts()) {
            if (!rollout.isOpen()) {
                continue;
            }
            boolean itself = rollout.candidate().equals(to);
            // A last good model answered everybody before: that it is on trial once more must not stand in the way back to it.
            if (itself && !to.equals(serving.lastGood())) {
                throw conflict("to",
                        "version " + to.version() + " is on trial, by rollout " + rollout.rolloutId() + "; promote it instead");
            }
            boolean onItsWay = rollout.strategy() != Strategy.SHADOW;
            if (itself || (onItsWay && rollout.state() == Rollout.State.PREPARING)) {
                next = abort(next, rollout.rolloutId(), now);
            } else if (onItsWay) {
                next = fail(next, rollout.rolloutId(), reason, now);
            }
        }
        if (to.equals(next.active())) {
            return next;
        }
        Rollout provisional = next.provisional();
        if (provisional != null) {
            next = next.with(provisional.in(Rollout.State.ROLLED_BACK, provisional.step(), now));
        }
        return withoutStale(next.withBlocked(next.active().version(), reason).withActive(to, null), now);
    }

    /** Its orders have matured and say nothing against it. */
    static Serving settle(Serving serving, String rolloutId) {
        Rollout rollout = serving.rollout(rolloutId);
        if (rollout == null || rollout.state() != Rollout.State.ACTIVE) {
            return serving;
        }
        return serving.without(rollout);
    }

    private static DoorstepException conflict(String field, String message) {
        return new DoorstepException(ErrorCode.ROLLOUT_CONFLICT, field, message);
    }
}
