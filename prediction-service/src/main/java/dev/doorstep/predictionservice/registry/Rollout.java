package dev.doorstep.predictionservice.registry;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Instant;
import java.util.List;

/**
 * A candidate on its way.
 *
 * @param rolloutId its id
 * @param candidate the model that may become active
 * @param baseline the model that was active when it started, which the candidate is compared with
 * @param strategy how it gets there
 * @param steps of a canary, in order; empty for a shadow
 * @param state where it is
 * @param step index of the step that it is at, or waits to begin
 * @param since when it came into this state and step
 */
public record Rollout(String rolloutId, ModelRef candidate, ModelRef baseline, Strategy strategy, List<Step> steps, State state, int step,
        Instant since) {
    /** States of a rollout. */
    public enum State {
        /** Replicas load it and compare it on recent requests. */
        PREPARING,
        /** It forecasts, and nobody sees it. */
        SHADOW,
        /** It answers its step's share of the customers. */
        CANARY,
        /** It keeps its share, and nothing moves until a person says so. */
        PAUSED,
        /** It is the active model. Until its orders have matured this is provisional. */
        ACTIVE,
        /** It was taken back because of what it did, and its version is blocked. */
        ROLLED_BACK,
        /** A person ended it. */
        ABORTED;

        /** Name in answers. */
        @JsonValue
        public String wireName() {
            return WireName.of(this);
        }
    }

    public Rollout {
        steps = List.copyOf(steps);
    }

    /** Whether its candidate still runs beside the active model. */
    @JsonIgnore
    public boolean isOpen() {
        return switch (state) {
            case PREPARING, SHADOW, CANARY, PAUSED -> true;
            case ACTIVE, ROLLED_BACK, ABORTED -> false;
        };
    }

    /** The share of the customers that its candidate answers, 0 to 100. */
    public int percent() {
        return switch (state) {
            case CANARY, PAUSED -> steps.isEmpty() || step >= steps.size() ? 0 : steps.get(step).percent();
            case ACTIVE -> 100;
            case PREPARING, SHADOW, ROLLED_BACK, ABORTED -> 0;
        };
    }

    /** The same in another state. */
    public Rollout in(State next, int nextStep, Instant now) {
        return new Rollout(rolloutId, candidate, baseline, strategy, steps, next, nextStep, now);
    }
}
