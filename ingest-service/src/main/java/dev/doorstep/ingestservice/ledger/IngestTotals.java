package dev.doorstep.ingestservice.ledger;

import dev.doorstep.commonmodel.message.IngestLedger;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** The sum of what all replicas of ingest-service have counted, as {@code ingest.ledger} has it. Not thread-safe. */
final class IngestTotals {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int EMPTY_POLLS = 50;

    private final Consumer<String, byte[]> consumer;
    private final TopicPartition partition = new TopicPartition(Topics.LEDGER, 0);
    private final Map<String, IngestLedger> incarnations = new HashMap<>();
    private final MessageCodec codec = new MessageCodec();

    /** Takes over the consumer. */
    IngestTotals(Consumer<String, byte[]> consumer) {
        this.consumer = consumer;
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
    }

    /** Counts by source of everything that is committed to one incarnation of {@code clickstream.events} by now. */
    Map<String, IngestLedger.Counts> read(String topicId) {
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
        int empty = 0;
        while (consumer.position(partition) < end) {
            boolean nothing = true;
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                incarnations.put(record.key(), codec.read(record.value(), IngestLedger.class));
                nothing = false;
            }
            empty = nothing ? empty + 1 : 0;
            if (empty > EMPTY_POLLS) {
                throw new TimeoutException("Kafka gives no records of " + Topics.LEDGER);
            }
        }
        Map<String, IngestLedger.Counts> totals = new HashMap<>();
        for (IngestLedger each : incarnations.values()) {
            if (each.topicId().equals(topicId)) {
                each.sources().forEach((source, counts) -> totals.merge(source, counts, IngestLedger.Counts::plus));
            }
        }
        return totals;
    }

    void close() {
        consumer.close();
    }
}
