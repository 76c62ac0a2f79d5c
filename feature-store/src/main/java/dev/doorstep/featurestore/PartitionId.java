package dev.doorstep.featurestore;

/**
 * One partition of one incarnation of a topic: a topic that is deleted and created again starts anew instead of being skipped up to the
 * old one's position.
 *
 * @param topicId Kafka's id of the topic
 */
public record PartitionId(String topic, String topicId, int partition) {}
