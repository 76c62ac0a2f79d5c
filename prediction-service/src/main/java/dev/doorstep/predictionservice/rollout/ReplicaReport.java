package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.serving.Counts;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a replica says of itself.
 *
 * @param replicaId a new one with each start
 * @param at epoch milliseconds of the machine's clock
 * @param epoch of the decision that it follows
 * @param failures reasons why models can't, by digest
 * @param dropped rollouts whose candidate it dropped by itself
 * @param counts of each trial, by rollout; they only grow, and are there once it has both models and has compared them
 */
record ReplicaReport(String replicaId, long at, long epoch, Map<String, String> failures, Set<String> dropped,
        Map<String, Counts> counts) {
    ReplicaReport {
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        dropped = Collections.unmodifiableSet(new TreeSet<>(dropped));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    }
}
