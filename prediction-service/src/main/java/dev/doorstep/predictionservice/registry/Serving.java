package dev.doorstep.predictionservice.registry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What serves: the one document that all replicas follow. It only changes as a whole, from one epoch to the next.
 *
 * @param epoch 1 or more
 * @param at when it became so
 * @param active the model that answers
 * @param lastGood the model to go back to, loaded everywhere, or null where there is none
 * @param rollouts those that are open, and the last one that made the active model while that is provisional
 * @param ended those that ended by this decision
 * @param safeMode the lower rung that answers are pinned to, or null
 * @param frozen why automation stands still, or null while it decides
 * @param blocked versions that no rollout may start with, with the reason
 */
public record Serving(long epoch, Instant at, ModelRef active, @Nullable ModelRef lastGood, List<Rollout> rollouts,
        List<Rollout> ended, @Nullable SafeMode safeMode, @Nullable String frozen, Map<String, String> blocked) {
    public Serving {
        rollouts = List.copyOf(rollouts);
        ended = List.copyOf(ended);
        blocked = Collections.unmodifiableMap(new TreeMap<>(blocked));
    }

    /** What serves before anyone has decided anything. */
    public static Serving first(ModelRef active, Instant at) {
        return new Serving(1, at, active, null, List.of(), List.of(), null, null, Map.of());
    }

    /** A rollout, or null where it is neither open nor provisional. */
    public @Nullable Rollout rollout(String rolloutId) {
        return rollouts.stream().filter(each -> each.rolloutId().equals(rolloutId)).findFirst().orElse(null);
    }

    /** The open rollout whose candidate answers customers or will, or null. */
    public @Nullable Rollout canary() {
        return rollouts.stream().filter(each -> each.isOpen() && each.strategy() != Strategy.SHADOW).findFirst().orElse(null);
    }

    /** The rollout that made the active model, while that can still be undone by what its orders say; or null. */
    public @Nullable Rollout provisional() {
        return rollouts.stream().filter(each -> each.state() == Rollout.State.ACTIVE).findFirst().orElse(null);
    }

    /** All models that answer, might, or are on trial. */
    public Set<ModelRef> models() {
        Set<ModelRef> models = new LinkedHashSet<>();
        models.add(active);
        if (lastGood != null) {
            models.add(lastGood);
        }
        for (Rollout rollout : rollouts) {
            models.add(rollout.candidate());
            models.add(rollout.baseline());
        }
        return models;
    }

    /** The same with one rollout changed or added; one that has ended is left out, and told as such. */
    public Serving with(Rollout changed) {
        if (!changed.isOpen() && changed.state() != Rollout.State.ACTIVE) {
            return without(changed);
        }
        List<Rollout> next = new ArrayList<>(rollouts);
        int index = next.stream().map(Rollout::rolloutId).toList().indexOf(changed.rolloutId());
        if (index >= 0) {
            next.set(index, changed);
        } else {
            next.add(changed);
        }
        return withRollouts(next, ended);
    }

    /** The same without a rollout, which ends as it is given. */
    public Serving without(Rollout end) {
        List<Rollout> ends = new ArrayList<>(ended);
        ends.add(end);
        return withRollouts(rollouts.stream().filter(each -> !each.rolloutId().equals(end.rolloutId())).toList(), ends);
    }

    /** The same as what the next decision is made on: nothing has ended by it yet. */
    Serving undecided() {
        return withRollouts(rollouts, List.of());
    }

    private Serving withRollouts(List<Rollout> next, List<Rollout> ends) {
        return new Serving(epoch, at, active, lastGood, next, ends, safeMode, frozen, blocked);
    }

    /** The same with another active model and one to go back to. */
    public Serving withActive(ModelRef next, @Nullable ModelRef nextLastGood) {
        return new Serving(epoch, at, next, nextLastGood, rollouts, ended, safeMode, frozen, blocked);
    }

    /** The same with serving pinned, or not. */
    public Serving withSafeMode(@Nullable SafeMode next) {
        return new Serving(epoch, at, active, lastGood, rollouts, ended, next, frozen, blocked);
    }

    /** The same with automation standing still, or not. */
    public Serving withFrozen(@Nullable String reason) {
        return new Serving(epoch, at, active, lastGood, rollouts, ended, safeMode, reason, blocked);
    }

    /** The same with a version blocked, or cleared where there is no reason. */
    public Serving withBlocked(String version, @Nullable String reason) {
        Map<String, String> next = new TreeMap<>(blocked);
        if (reason == null) {
            next.remove(version);
        } else {
            next.put(version, reason);
        }
        return new Serving(epoch, at, active, lastGood, rollouts, ended, safeMode, frozen, next);
    }

    /** The same as the next epoch; time never runs back. */
    public Serving next(Instant now) {
        return new Serving(epoch + 1, now.isBefore(at) ? at : now, active, lastGood, rollouts, ended, safeMode, frozen, blocked);
    }

    /** Whether anything but epoch and time differs. */
    public boolean isSame(Serving other) {
        return active.equals(other.active) && Objects.equals(lastGood, other.lastGood) && rollouts.equals(other.rollouts)
                && Objects.equals(safeMode, other.safeMode) && Objects.equals(frozen, other.frozen) && blocked.equals(other.blocked);
    }
}
