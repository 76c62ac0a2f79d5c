package dev.doorstep.servicekit.kafka;

import java.util.Objects;
import org.springframework.kafka.core.KafkaAdmin;

/** Tells one incarnation of a topic from another. */
public final class TopicIds {
    private TopicIds() {}

    /**
     * Kafka's id of a topic as it is now.
     *
     * @throws org.springframework.kafka.KafkaException when Kafka does not answer, or has no such topic
     */
    public static String of(KafkaAdmin kafka, String topic) {
        return Objects.requireNonNull(kafka.describeTopics(topic).get(topic), topic).topicId().toString();
    }
}
