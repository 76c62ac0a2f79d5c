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
 * @param prepared digests of the models that can answer at once
 * @param failures reasons why models can't, by digest
 * @param dropped rollouts whose candidate it dropped by itself
 * @param counts of each trial, by rollout; they only grow
 */
record ReplicaReport(String replicaId, long at, long epoch, Set<String> prepared, Map<String, String> failures, Set<String> dropped,
        Map<String, Counts> counts) {
    ReplicaReport {
        prepared = Collections.unmodifiableSet(new TreeSet<>(prepared));
        failures = Collections.unmodifiableMap(new TreeMap<>(failures));
        dropped = Collections.unmodifiableSet(new TreeSet<>(dropped));
        counts = Collections.unmodifiableMap(new TreeMap<>(counts));
    }
}
