package dev.doorstep.ingestservice.ledger;

import dev.doorstep.servicekit.kafka.RecordSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/** Counts the records that are on {@code clickstream.events} and not in the store yet, by reading them. Not thread-safe. */
final class Unapplied {
    /** What one reckoning reads at most; the rest is known by its offsets alone. */
    private static final int MOST_RECORDS = 20_000;
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int EMPTY_POLLS = 50;
    private static final int NOT_COUNTED = -1;

    private final Map<String, Long> bySource = new HashMap<>();
    private long foreign;
    private long offsets;
    private int read;
    private boolean complete = true;

    /** Counts one partition from a position to an end. */
    Ledger.PartitionLag count(Consumer<String, byte[]> consumer, TopicPartition partition, long position, long end, long now) {
        offsets += Math.max(0, end - position);
        if (position >= end) {
            return new Ledger.PartitionLag(partition.partition(), position, end, 0, 0);
        }
        consumer.assign(List.of(partition));
        consumer.seek(partition, position);
        long records = 0;
        long oldest = now;
        int empty = 0;
        while (consumer.position(partition) < end && read <= MOST_RECORDS) {
            boolean nothing = true;
            for (ConsumerRecord<String, byte[]> record : consumer.poll(POLL)) {
                nothing = false;
                if (record.offset() < end) {
                    oldest = records == 0 ? record.timestamp() : oldest;
                    records++;
                    read++;
                    add(record);
                }
            }
            empty = nothing ? empty + 1 : 0;
            if (empty > EMPTY_POLLS) {
                throw new TimeoutException("Kafka gives no records of " + partition + " from " + position);
            }
        }
        boolean counted = consumer.position(partition) >= end;
        complete &= counted;
        return new Ledger.PartitionLag(partition.partition(), position, end, counted ? records : NOT_COUNTED,
                records == 0 ? 0 : Math.max(0, now - oldest) / 1000);
    }

    /** Whether every record was counted. */
    boolean isComplete() {
        return complete;
    }

    long of(String source) {
        return bySource.getOrDefault(source, 0L);
    }

    /** Those that others put there. */
    long foreign() {
        return foreign;
    }

    /** An upper bound of all of them. */
    long offsets() {
        return offsets;
    }

    private void add(ConsumerRecord<?, ?> record) {
        RecordSource source = RecordSource.of(record);
        foreign += source.foreign() ? 1 : 0;
        bySource.merge(source.name(), 1L, Long::sum);
    }
}
