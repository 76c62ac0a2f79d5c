package dev.doorstep.ingestservice.topic;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings under {@code doorstep.ingest.kafka}; the source is off while there is no topic.
 *
 * @param topic of the same Kafka cluster, whose values are documents; it is not created here
 * @param group by which the replicas share its partitions; default {@code ingest-service-documents}
 */
@ConfigurationProperties("doorstep.ingest.kafka")
public record TopicSettings(@Nullable String topic, @DefaultValue("ingest-service-documents") String group) {}
