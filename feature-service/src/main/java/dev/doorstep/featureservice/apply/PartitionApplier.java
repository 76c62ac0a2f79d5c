package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.Progress;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.WriteResult;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies the records of one partition, in order, each exactly once. Its position is the store's, not Kafka's: records below it are
 * skipped, and every transaction is conditional on it. Not thread-safe.
 */
final class PartitionApplier {
    private static final Logger log = LoggerFactory.getLogger(PartitionApplier.class);

    private final PartitionId partition;
    private final ProgressReader reader;
    private final EffectsWriter writer;
    private final KnownState known;
    private final Publisher publisher;
    private final ApplyMetrics metrics;
    private final Clock clock;
    private final Duration horizon;
    private final MessageCodec codec = new MessageCodec();
    /** Offsets behind the position whose dead letter Kafka has: a write that is tried again must not send them again. */
    private final Set<Long> deadLettered = new HashSet<>();
    /** Offsets behind the position whose effects the store will never take, and why. */
    private final Map<Long, String> invalid = new HashMap<>();
    private @Nullable Progress progress;

    PartitionApplier(PartitionId partition, ProgressReader reader, EffectsWriter writer, KnownState known, Publisher publisher,
            ApplyMetrics metrics, Clock clock,
            Duration horizon) {
        this.partition = partition;
        this.reader = reader;
        this.writer = writer;
        this.known = known;
        this.publisher = publisher;
        this.metrics = metrics;
        this.clock = clock;
        this.horizon = horizon;
    }

    /** Where the store is with this partition. */
    Progress progress() {
        Progress current = progress;
        if (current == null) {
            current = reader.progress(partition);
            progress = current;
        }
        return current;
    }

    /**
     * Applies records; returns when all of them are in the store or among the dead letters.
     *
     * @throws RuntimeException when the store or Kafka does not answer; the same records are to be given again
     */
    void apply(List<ConsumerRecord<String, byte[]>> records) {
        long position = progress().nextPosition();
        List<Incoming> incoming = records.stream().filter(record -> record.offset() >= position).map(this::read).toList();
        known.learnProfiles(incoming.stream().flatMap(Incoming::profiled).collect(Collectors.toSet()));
        int next = 0;
        while (next < incoming.size()) {
            if (incoming.get(next).record.offset() < progress().nextPosition()) {
                next++;
            } else {
                next = applyChunk(incoming, next);
            }
        }
    }

    private Incoming read(ConsumerRecord<String, byte[]> record) {
        try {
            return new Incoming(record, codec.read(record.value() == null ? new byte[0] : record.value(), EventRecord.class), null);
        } catch (DoorstepException e) {
            return new Incoming(record, null, e);
        }
    }

    /** A record, and its event or why it has none. */
    private record Incoming(ConsumerRecord<String, byte[]> record, @Nullable EventRecord event, @Nullable DoorstepException unreadable) {
        private Stream<String> profiled() {
            return event == null
                    ? Stream.empty()
                    : event.products().stream().filter(EffectsPlan::hasProfile).limit(EffectsPlan.PRODUCTS_COUNTED).map(Product::sku);
        }
    }

    /** Applies as many records as fit into one transaction; returns the index after the last of them. */
    private int applyChunk(List<Incoming> records, int from) {
        Map<String, String> stored = new HashMap<>();
        int to = records.size();
        while (true) {
            Chunk chunk = plan(records.subList(from, to), stored);
            ConsumerRecord<String, byte[]> last = records.get(from + chunk.records - 1).record;
            long nextPosition = last.offset() + 1;
            chunk.deadLetters.forEach(this::deadLetterOnce);
            Progress before = progress();
            Progress after = new Progress(nextPosition, chunk.tally.after(before.counts()));
            Effects effects = chunk.plan.effects(partition, before.nextPosition(), after);
            switch (write(effects)) {
                case WriteResult.Applied _ -> {
                    progress = after;
                    known.applied(effects);
                    publisher.changed(effects, chunk.lastOfSession, last);
                    metrics.applied(effects, chunk.tally.duplicates(), chunk.deadLetters);
                    deadLettered.clear();
                    invalid.clear();
                    return from + chunk.records;
                }
                case WriteResult.Known reason -> {
                    reason.events().forEach(event -> stored.put(event.eventId(), event.storedHash()));
                    reason.movedSessions().forEach(known::refreshSession);
                }
                case WriteResult.PositionMoved _ -> {
                    log.info("partition {} was moved on by another consumer, starting again from the store's position", partition);
                    progress = null;
                    known.clear();
                    return from;
                }
                case WriteResult.Invalid reason -> {
                    // One record after the other shows which of them it is.
                    if (chunk.records == 1) {
                        invalid.put(last.offset(), reason.message());
                    }
                    to = from + 1;
                }
                case WriteResult.Contended _ -> metrics.contended();
            }
        }
    }

    private WriteResult write(Effects effects) {
        try {
            return writer.write(effects);
        } catch (RuntimeException e) {
            // Whether it was applied is not known: the store's position will tell, and what is known of its items is old then.
            progress = null;
            known.clear();
            throw e;
        }
    }

    private void deadLetterOnce(RefusedRecord refused) {
        if (!deadLettered.contains(refused.record().offset())) {
            publisher.deadLetter(refused);
            deadLettered.add(refused.record().offset());
        }
    }

    private Chunk plan(List<Incoming> records, Map<String, String> stored) {
        Chunk chunk = new Chunk(new EffectsPlan(known));
        Map<String, String> hashes = new HashMap<>(stored);
        for (Incoming record : records) {
            if (!chunk.take(record, hashes)) {
                break;
            }
            chunk.records++;
        }
        return chunk;
    }

    /** The records of one transaction. */
    private final class Chunk {
        private final EffectsPlan plan;
        private final List<RefusedRecord> deadLetters = new ArrayList<>();
        private final Map<String, ConsumerRecord<String, byte[]>> lastOfSession = new HashMap<>();
        private final Tally tally = new Tally();
        private int records;

        Chunk(EffectsPlan plan) {
            this.plan = plan;
        }

        boolean take(Incoming incoming, Map<String, String> hashes) {
            ConsumerRecord<String, byte[]> record = incoming.record;
            EventRecord event = incoming.event;
            try {
                if (event == null) {
                    throw Objects.requireNonNull(incoming.unreadable);
                }
                String refusal = invalid.get(record.offset());
                if (refusal != null) {
                    throw new DoorstepException(ErrorCode.UNREADABLE_RECORD,
                            "the store refuses the record's effects: " + DoorstepException.shown(refusal));
                }
                if (clock.millis() - event.receivedAt() > horizon.toMillis()) {
                    throw DoorstepException.ofValue(ErrorCode.TOO_OLD, "receivedAt",
                            "lies longer ago than duplicates are recognised (" + horizon + ")", event.receivedAt());
                }
                String hash = hashes.get(event.id());
                if (hash != null && !hash.equals(event.contentHash())) {
                    throw DoorstepException.ofValue(ErrorCode.ID_CONFLICT, "_id", "is known with other content", event.id());
                }
                if (hash != null) {
                    tally.duplicate(record);
                    return true;
                }
            } catch (DoorstepException e) {
                tally.deadLettered(record);
                deadLetters.add(new RefusedRecord(record, event, event == null ? record.timestamp() : event.receivedAt(), e));
                return true;
            }
            if (!plan.add(event)) {
                return false;
            }
            tally.applied(record);
            hashes.put(event.id(), event.contentHash());
            if (event.sessionId() != null) {
                lastOfSession.put(event.sessionId(), record);
            }
            return true;
        }
    }
}
