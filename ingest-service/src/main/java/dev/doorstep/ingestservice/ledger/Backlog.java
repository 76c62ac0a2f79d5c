package dev.doorstep.ingestservice.ledger;

import dev.doorstep.servicekit.kafka.TopicIds;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.ingestservice.deadletter.LetterListener;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Tells when everything that is on Kafka now has reached the stores. Thread-safe. */
@Component
public class Backlog {
    private static final long LOOK_MILLIS = 50;
    private static final long ADMIN_SECONDS = 5;

    private final LedgerConsumers consumers;
    private final KafkaAdmin kafka;
    private final ProgressReader progress;
    private final Clock clock;

    Backlog(LedgerConsumers consumers, KafkaAdmin kafka, ProgressReader progress, Clock clock) {
        this.consumers = consumers;
        this.kafka = kafka;
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Waits until the events and dead letters that are on Kafka at this moment are in their stores; returns whether they are in time.
     *
     * @throws RuntimeException when Kafka or DynamoDB does not answer
     */
    public boolean awaitDrained(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (Consumer<String, byte[]> consumer = consumers.open();
                Admin admin = Admin.create(kafka.getConfigurationProperties())) {
            String topicId = TopicIds.of(kafka, Topics.EVENTS);
            Map<TopicPartition, Long> events = ends(consumer, Topics.EVENTS);
            if (!holds(deadline, () -> events.entrySet().stream()
                    .allMatch(each -> isReached(consumer, each.getKey(), each.getValue(), progress
                            .progress(new PartitionId(Topics.EVENTS, topicId, each.getKey().partition())).nextPosition())))) {
                return false;
            }
            // Only now: an event that was waited for may have become a dead letter.
            Map<TopicPartition, Long> letters = ends(consumer, Topics.DEAD_LETTERS);
            return holds(deadline, () -> {
                Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(LetterListener.GROUP)
                        .partitionsToOffsetAndMetadata().get(ADMIN_SECONDS, TimeUnit.SECONDS);
                Map<TopicPartition, Long> earliest = earliest(admin, letters.keySet());
                return letters.entrySet().stream()
                        .allMatch(each -> isReached(consumer, each.getKey(), each.getValue(), committed.get(each.getKey()) == null
                                ? earliest.getOrDefault(each.getKey(), 0L)
                                : committed.get(each.getKey()).offset()));
            });
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException("Kafka does not tell how far the dead letters are stored", e);
        }
    }

    private interface Condition {
        boolean holds() throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException;
    }

    private static boolean holds(long deadline, Condition condition)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        boolean holds = condition.holds();
        while (!holds && System.nanoTime() < deadline) {
            Thread.sleep(LOOK_MILLIS);
            holds = condition.holds();
        }
        return holds;
    }

    private static Map<TopicPartition, Long> ends(Consumer<?, ?> consumer, String topic) {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        consumer.assign(partitions);
        return consumer.endOffsets(partitions);
    }

    private static Map<TopicPartition, Long> earliest(Admin admin, Iterable<TopicPartition> partitions)
            throws ExecutionException, InterruptedException, java.util.concurrent.TimeoutException {
        Map<TopicPartition, OffsetSpec> specs = new HashMap<>();
        partitions.forEach(each -> specs.put(each, OffsetSpec.earliest()));
        Map<TopicPartition, Long> earliest = new HashMap<>();
        admin.listOffsets(specs).all().get(ADMIN_SECONDS, TimeUnit.SECONDS).forEach((each, info) -> earliest.put(each, info.offset()));
        return earliest;
    }

    /** Whether no record lies between a position and an end: the marks that end transactions take offsets too. */
    private boolean isReached(Consumer<String, byte[]> consumer, TopicPartition partition, long end, long position) {
        return position >= end
                || new Unapplied().count(consumer, partition, Math.max(position, 0), end, clock.millis()).unapplied() == 0;
    }
}
