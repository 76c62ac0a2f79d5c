package dev.doorstep.predictionservice.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.serving.Counts;
import dev.doorstep.watching.verdict.Verdict;
import dev.doorstep.watching.verdict.Watch;
import java.util.List;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A rollout with all that has been seen of it; what decisions rest on outlives the replica that makes them.
 *
 * @param rollout in its last state
 * @param seen what of each replica's counts is in the watch already
 * @param watch all that is known of the candidate
 * @param cohortsUntil last day since 1970 whose orders are in the watch
 * @param verdicts as they were last
 * @param waitsFor which replicas a rollout waits for before it goes on, and why they do not have its candidate; or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RolloutReport(Rollout rollout, Map<String, Counts> seen, Watch watch, long cohortsUntil, List<Verdict> verdicts,
        @Nullable String waitsFor) {
    RolloutReport {
        seen = Collections.unmodifiableMap(new TreeMap<>(seen));
        verdicts = List.copyOf(verdicts);
    }

    /** The same with the rollout in another state. */
    RolloutReport with(Rollout changed) {
        return new RolloutReport(changed, seen, watch, cohortsUntil, verdicts, waitsFor);
    }
}
