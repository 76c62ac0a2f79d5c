package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.message.Topics;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Consumes {@code clickstream.events} and hands each partition's records to its applier. */
@Component
class EventListener {
    static final String CONTAINER_FACTORY = "eventContainers";

    private final Assignments assignments;

    EventListener(Assignments assignments) {
        this.assignments = assignments;
    }

    @KafkaListener(id = "feature-service", topics = Topics.EVENTS, containerFactory = CONTAINER_FACTORY, batch = "true")
    void events(ConsumerRecords<String, byte[]> records, Consumer<String, byte[]> consumer) {
        for (TopicPartition partition : records.partitions()) {
            if (!consumer.assignment().contains(partition)) {
                // A batch that waited for the store is given again as it was, also after a part of it went to another replica.
                continue;
            }
            PartitionApplier applier = assignments.get(partition);
            if (applier == null) {
                // The store did not answer at assignment. These records come again, from where the store is.
                assignments.prepare(partition, consumer);
            } else {
                applier.apply(records.records(partition));
            }
        }
    }
}
