package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.serving.Counts;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a replica says of itself.
 *
 * @param replicaId a new one with each start
 * @param at epoch milliseconds of the machine's clock
 * @param epoch of the decision that it follows
 * @param failures reasons why models can't, by digest
 * @param dropped checks that failed, by the rollout whose candidate it dropped by itself
 * @param counts of each trial, by rollout; they only grow, and are there once it has both models and has compared them
 */
record ReplicaReport(String replicaId, long at, long epoch, Map<String, String> failures, Map<String, String> dropped,
        Map<String, Counts> counts) {
    ReplicaReport {
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        dropped = Collections.unmodifiableMap(new TreeMap<>(dropped));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    }
}
