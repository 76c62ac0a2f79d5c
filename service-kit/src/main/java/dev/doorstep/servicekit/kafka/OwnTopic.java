package dev.doorstep.servicekit.kafka;

import org.apache.kafka.common.config.TopicConfig;
import org.springframework.kafka.config.TopicBuilder;

/** What all topics have in common that a service creates. */
public final class OwnTopic {
    private OwnTopic() {}

    /** A topic whose records carry the broker's time: it refuses those of a producer whose clock is more than an hour ahead. */
    public static TopicBuilder named(String name, int partitions, int replicas) {
        return TopicBuilder.name(name).partitions(partitions).replicas(replicas).config(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                "LogAppendTime");
    }
}
