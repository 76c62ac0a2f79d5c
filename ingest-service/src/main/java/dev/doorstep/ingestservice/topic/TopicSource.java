package dev.doorstep.ingestservice.topic;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/**
 * Reads documents from a Kafka topic of others, one a value. Offsets are committed once a whole batch was acknowledged; while Kafka takes
 * none, the batch waits.
 */
@Component
@ConditionalOnProperty("doorstep.ingest.kafka.topic")
class TopicSource {
    /** Unlike {@code kafka}, which is what others put among the events themselves. */
    private static final String SOURCE = "kafka-topic";

    private final DocumentSink sink;

    TopicSource(PatientIntake intake) {
        this.sink = intake.sink(SOURCE);
    }

    @KafkaListener(id = "documents", topics = "${doorstep.ingest.kafka.topic}", groupId = "${doorstep.ingest.kafka.group:ingest-service-documents}", containerFactory = DocumentContainers.FACTORY, batch = "true")
    void take(List<ConsumerRecord<String, byte[]>> records) throws InterruptedException {
        List<PatientIntake.Document> documents = records.stream().map(record -> {
            byte[] value = record.value() == null ? new byte[0] : record.value();
            return new PatientIntake.Document(value, 0, value.length, record.topic() + "/" + record.partition() + "/" + record.offset());
        }).toList();
        // The container waits and reads again; what was acknowledged of the batch is known then.
        if (!sink.deliver(documents, () -> false)) {
            throw new IllegalStateException("Kafka did not acknowledge all of " + records.size() + " documents");
        }
    }
}
