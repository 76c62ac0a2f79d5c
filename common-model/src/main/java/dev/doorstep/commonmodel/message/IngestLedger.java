package dev.doorstep.commonmodel.message;

import java.util.Map;
import java.util.Objects;

/**
 * The value of {@code ingest.ledger}, keyed by the incarnation: what one writer of ingest-service has put on {@code clickstream.events} and
 * {@code clickstream.dead-letters} so far. It is written in the same transaction as the records that it counts, so that the last one of
 * each incarnation is exact through every crash. Schema {@code ingest-ledger/1}.
 *
 * @param incarnation one life of one writer; a new one starts from zero
 * @param topicId Kafka's id of {@code clickstream.events}
 * @param writtenAt epoch milliseconds
 * @param sources counts by the name of the source
 */
public record IngestLedger(String incarnation, String topicId, long writtenAt, Map<String, Counts> sources) {
    public static final String SCHEMA = "ingest-ledger/1";

    /**
     * What became of documents.
     *
     * @param accepted events on {@code clickstream.events}
     * @param deadLettered dead letters on {@code clickstream.dead-letters}
     * @param rejected refused without a dead letter; their senders were told so
     */
    public record Counts(long accepted, long deadLettered, long rejected) {
        public static final Counts NONE = new Counts(0, 0, 0);

        public Counts plus(Counts other) {
            return new Counts(accepted + other.accepted, deadLettered + other.deadLettered, rejected + other.rejected);
        }

        /** All of them. */
        public long received() {
            return accepted + deadLettered + rejected;
        }
    }

    public IngestLedger {
        Objects.requireNonNull(incarnation, "incarnation");
        Objects.requireNonNull(topicId, "topicId");
        sources = Map.copyOf(sources);
    }
}
