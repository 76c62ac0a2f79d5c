package dev.doorstep.ingestservice.ledger;

import dev.doorstep.commonmodel.message.IngestLedger;
import dev.doorstep.featurestore.SourceCounts;
import org.jspecify.annotations.Nullable;

/** Balances one source. */
final class Balances {
    private Balances() {}

    /**
     * The balance of a source.
     *
     * @param before what ingest-service had counted before the records in flight were
     * @param after what it had counted after that
     * @param applied what the store had counted before all that
     * @param foreign records in flight that ingest-service did not put there
     * @param counted records in flight, or null where they were too many to count
     * @param offsets upper bound of the records in flight, of all sources
     */
    static Ledger.Balance of(IngestLedger.Counts before, IngestLedger.Counts after, SourceCounts applied, long foreign,
            @Nullable Long counted, long offsets) {
        long least = before.accepted() + applied.foreign() + foreign - applied.taken();
        long most = after.accepted() + applied.foreign() + foreign - applied.taken();
        long lost = Math.max(0, least - (counted == null ? offsets : counted));
        long doubled = Math.max(0, (counted == null ? 0 : counted) - most);
        return new Ledger.Balance(after.received() + applied.foreign() + foreign, applied.applied(), applied.duplicate(), after.rejected(),
                after.deadLettered() + applied.deadLettered(), most - lost + doubled, lost, doubled);
    }
}
