package dev.doorstep.featureservice.apply;

import dev.doorstep.servicekit.kafka.RecordSource;
import dev.doorstep.featurestore.SourceCounts;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Counts by source what becomes of the records of one transaction. Not thread-safe. */
final class Tally {
    private final Map<String, SourceCounts> counts = new HashMap<>();
    private int duplicates;

    void applied(ConsumerRecord<?, ?> record) {
        add(record, new SourceCounts(0, 1, 0, 0));
    }

    void duplicate(ConsumerRecord<?, ?> record) {
        add(record, new SourceCounts(0, 0, 1, 0));
        duplicates++;
    }

    void deadLettered(ConsumerRecord<?, ?> record) {
        add(record, new SourceCounts(0, 0, 0, 1));
    }

    int duplicates() {
        return duplicates;
    }

    /** What the counts are once these records are added. */
    Map<String, SourceCounts> after(Map<String, SourceCounts> before) {
        Map<String, SourceCounts> after = new HashMap<>(before);
        counts.forEach((source, count) -> after.merge(source, count, SourceCounts::plus));
        return after;
    }

    private void add(ConsumerRecord<?, ?> record, SourceCounts count) {
        RecordSource source = RecordSource.of(record);
        counts.merge(source.name(), source.foreign() ? count.plus(new SourceCounts(1, 0, 0, 0)) : count, SourceCounts::plus);
    }
}
