package dev.doorstep.ingestservice.ledger;

import dev.doorstep.commonmodel.message.IngestLedger;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.SourceCounts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of every document, from first receipt to the store.
 *
 * @param at when this was reckoned
 * @param balanced whether nothing is lost and nothing doubled
 * @param exact whether what is in flight was counted record by record; while more waits than is worth counting, a loss smaller than that
 *     would not show yet
 * @param lastBalanced when it last balanced; null where it has not since this replica started
 * @param total over all sources
 * @param sources by the name of the source
 * @param outcomes what became of outcomes
 * @param stages what each stage has counted by itself
 * @param partitions how far each partition of {@code clickstream.events} has been applied
 */
public record Ledger(Instant at, boolean balanced, boolean exact, @Nullable Instant lastBalanced, Balance total,
        Map<String, Balance> sources, Outcomes outcomes, Stages stages, List<PartitionLag> partitions) {

    /**
     * received = applied + duplicate + rejected + deadLettered + inFlight + lost − doubled.
     *
     * @param received documents that came in, those that were sent again included
     * @param applied events whose effects are in the store
     * @param duplicate events that were known
     * @param rejected refused without a dead letter, as their senders were told
     * @param deadLettered by ingest-service or feature-service
     * @param inFlight on Kafka, not applied yet
     * @param lost acknowledged, but neither in flight nor in any of the classes before
     * @param doubled counted in these classes more often than received
     */
    public record Balance(long received, long applied, long duplicate, long rejected, long deadLettered, long inFlight, long lost,
            long doubled) {
        static final Balance NONE = new Balance(0, 0, 0, 0, 0, 0, 0, 0);

        Balance plus(Balance other) {
            return new Balance(received + other.received, applied + other.applied, duplicate + other.duplicate, rejected + other.rejected,
                    deadLettered + other.deadLettered, inFlight + other.inFlight, lost + other.lost, doubled + other.doubled);
        }

        boolean isBalanced() {
            return lost == 0 && doubled == 0;
        }
    }

    /**
     * Outcomes: received = rejected + applied + late + duplicate + contradictory + early + unknown + inFlight.
     *
     * @param rejected refused, as their senders were told
     * @param applied joined to a promise
     * @param late joined to a promise after its cohort had matured
     * @param duplicate known already
     * @param contradictory known with other content, or against what was known of the parcel
     * @param early before the promise they belong to was made; not used
     * @param unknown kept for a promise that is not there yet
     * @param inFlight on Kafka, not in the store yet
     */
    public record Outcomes(long received, long rejected, long applied, long late, long duplicate, long contradictory, long early,
            long unknown, long inFlight) {
        static Outcomes of(IngestLedger.Counts ingest, Map<OutcomeStore.Taken, Long> taken) {
            long sum = taken.values().stream().mapToLong(Long::longValue).sum();
            return new Outcomes(ingest.received(), ingest.rejected(), count(taken, OutcomeStore.Taken.APPLIED),
                    count(taken, OutcomeStore.Taken.LATE), count(taken, OutcomeStore.Taken.DUPLICATE),
                    count(taken, OutcomeStore.Taken.CONTRADICTORY), count(taken, OutcomeStore.Taken.EARLY),
                    count(taken, OutcomeStore.Taken.UNKNOWN), ingest.accepted() - sum);
        }

        private static long count(Map<OutcomeStore.Taken, Long> taken, OutcomeStore.Taken kind) {
            return taken.getOrDefault(kind, 0L);
        }
    }

    /** The counts of each stage by source. */
    public record Stages(Map<String, IngestLedger.Counts> ingestService, Map<String, SourceCounts> featureService) {
        public Stages {
            ingestService = Map.copyOf(ingestService);
            featureService = Map.copyOf(featureService);
        }
    }

    /**
     * One partition.
     *
     * @param position offset that is applied next
     * @param end offset after the last committed record
     * @param unapplied records between both; −1 where they were too many to count
     * @param oldestSeconds age of the first of them, 0 where there is none
     */
    public record PartitionLag(int partition, long position, long end, long unapplied, long oldestSeconds) {}

    public Ledger {
        sources = Map.copyOf(sources);
        partitions = List.copyOf(partitions);
    }
}
