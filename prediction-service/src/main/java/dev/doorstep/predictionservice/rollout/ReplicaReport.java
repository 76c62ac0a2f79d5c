package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.serving.Counts;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a replica says of itself.
 *
 * @param replicaId a new one with each start
 * @param at epoch milliseconds of the machine's clock
 * @param epoch of the decision that it follows
 * @param failures reasons why models can't, by digest
 * @param dropped rollouts whose candidate it dropped by itself
 * @param counts of each trial, by rollout; they only grow, and are there once it has both models and has compared them
 * @param dropReasons why it dropped candidates, by rollout; null in reports of releases before this was told
 */
record ReplicaReport(String replicaId, long at, long epoch, Map<String, String> failures, Set<String> dropped, Map<String, Counts> counts,
        @Nullable Map<String, String> dropReasons) {
    ReplicaReport {
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        dropped = Collections.unmodifiableSet(new TreeSet<>(dropped));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
        dropReasons = dropReasons == null ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(dropReasons));
    }

    /** Why it dropped a rollout's candidate by itself, for people. */
    String dropReason(String rolloutId) {
        return (dropReasons == null ? "failed" : dropReasons.getOrDefault(rolloutId, "failed")) + ", as replica " + replicaId
                + " saw while it could not reach the store";
    }
}
