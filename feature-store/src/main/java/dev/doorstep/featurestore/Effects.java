package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.EventRecord;
import java.util.List;
import java.util.Map;

/**
 * Everything that a micro-batch of one partition changes; it becomes visible as a whole or not at all.
 *
 * @param expectedPosition where the store must be for this to apply, −1 for the very start
 * @param progress where the store is afterwards, and its counts then
 * @param events each new to the store, with distinct ids
 * @param sessions each one version above what the store has
 * @param demand to be added to counters
 * @param profiles to replace this partition's profiles
 */
public record Effects(PartitionId partition, long expectedPosition, Progress progress, List<EventRecord> events,
        List<SessionState> sessions, Map<CounterKey, Demand> demand, List<SkuProfile> profiles) {
    /** The most actions that DynamoDB takes in one transaction. */
    public static final int MAX_ACTIONS = 100;

    /** The most bytes of sessions in one transaction: DynamoDB takes 4 MB of all items together. */
    public static final int MAX_SESSION_BYTES = 3 << 20;

    /** One counter: an entity in one five-minute bucket. */
    public record CounterKey(String entity, long bucketStart) {
        private static final long BUCKET_MILLIS = 300_000;

        /** The counter that an event of this instant (epoch milliseconds) belongs to. */
        public static CounterKey at(String entity, long epochMillis) {
            return new CounterKey(entity, Math.floorDiv(epochMillis, BUCKET_MILLIS) * BUCKET_MILLIS);
        }
    }

    public Effects {
        events = List.copyOf(events);
        sessions = List.copyOf(sessions);
        demand = Map.copyOf(demand);
        profiles = List.copyOf(profiles);
    }
}
