package dev.doorstep.featureservice.apply;

import dev.doorstep.servicekit.kafka.TopicIds;
import dev.doorstep.featureservice.FeatureSettings;
import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.ProgressReader;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.listener.ConsumerAwareRebalanceListener;
import org.springframework.stereotype.Component;

/**
 * Which partitions this process has, and the applier of each. On assignment a partition is sought to the store's position; Kafka's
 * committed offsets are only for the eyes of operators. Thread-safe, each partition being given by one consumer thread at a time.
 */
@Component
class Assignments implements ConsumerAwareRebalanceListener {
    private static final Logger log = LoggerFactory.getLogger(Assignments.class);

    private final ProgressReader progress;
    private final EffectsWriter writer;
    private final FeatureReader reader;
    private final Publisher publisher;
    private final ApplyMetrics metrics;
    private final FeatureSettings settings;
    private final Clock clock;
    private final KafkaAdmin kafka;
    private final Map<TopicPartition, PartitionApplier> appliers = new ConcurrentHashMap<>();

    Assignments(ProgressReader progress, EffectsWriter writer, FeatureReader reader, Publisher publisher, ApplyMetrics metrics,
            FeatureSettings settings,
            Clock clock, KafkaAdmin kafka) {
        this.progress = progress;
        this.writer = writer;
        this.reader = reader;
        this.publisher = publisher;
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
        this.kafka = kafka;
    }

    @Override
    public void onPartitionsAssigned(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        for (TopicPartition partition : partitions) {
            appliers.remove(partition);
            try {
                prepare(partition, consumer);
            } catch (RuntimeException e) {
                log.warn("the position of {} can't be read yet, it is sought with the first records: {}", partition, e.toString());
            }
        }
    }

    @Override
    public void onPartitionsRevokedAfterCommit(Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
        partitions.forEach(appliers::remove);
    }

    /** The applier of a partition, or null when its position could not be read at assignment. */
    @Nullable
    PartitionApplier get(TopicPartition partition) {
        return appliers.get(partition);
    }

    /** Reads a partition's position and seeks there, so that its records come from where the store is. */
    void prepare(TopicPartition partition, Consumer<?, ?> consumer) {
        PartitionApplier applier = applier(partition);
        long position = applier.progress().nextPosition();
        long earliest = consumer.beginningOffsets(List.of(partition)).getOrDefault(partition, 0L);
        if (position >= 0 && earliest > position) {
            long expired = earliest - position;
            log.error("{} records of {} expired in Kafka before they were applied", expired, partition);
            metrics.expired(expired);
        }
        long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, Long.MAX_VALUE);
        if (position > end) {
            throw new IllegalStateException("the store has applied " + partition + " up to " + position + ", but Kafka ends at "
                    + end + ": Kafka lost records, and new ones would be taken for applied; create the topic anew or restore it");
        }
        consumer.seek(partition, Math.max(earliest, position));
        appliers.put(partition, applier);
    }

    private PartitionApplier applier(TopicPartition partition) {
        PartitionId id = new PartitionId(partition.topic(), TopicIds.of(kafka, partition.topic()), partition.partition());
        return new PartitionApplier(id, progress, writer, new KnownState(reader, partition.partition()), publisher, metrics, clock,
                settings.store().eventRetention());
    }
}
