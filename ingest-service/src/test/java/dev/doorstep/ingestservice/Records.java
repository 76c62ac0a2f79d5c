package dev.doorstep.ingestservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Everything that stands on the topics of ingest-service, read by a real consumer. */
final class Records implements AutoCloseable {
    static final String KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DeadLetterSeal seal = new DeadLetterSeal(List.of(KEY));
    private final MessageCodec codec = new MessageCodec();
    private final Map<String, ConsumerRecord<String, byte[]>> events = new HashMap<>();
    private final Map<String, DeadLetter> deadLetters = new HashMap<>();
    private final KafkaConsumer<String, byte[]> consumer;

    Records(String bootstrapServers) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest", "isolation.level", "read_committed",
                        "metadata.max.age.ms", "1000", "max.poll.records", "20000"),
                new StringDeserializer(),
                new ByteArrayDeserializer());

    }

    ConsumerRecord<String, byte[]> awaitEvent(String id) {
        await().atMost(PATIENCE).until(() -> poll().events.containsKey(id));
        return Objects.requireNonNull(events.get(id));
    }

    /** The dead letter whose original holds the text. */
    DeadLetter awaitDeadLetter(String text) {
        await().atMost(PATIENCE).until(() -> poll().deadLetters.values().stream().anyMatch(letter -> holds(letter, text)));
        return deadLetters.values().stream().filter(letter -> holds(letter, text)).findFirst().orElseThrow();
    }

    private static boolean holds(DeadLetter letter, String text) {
        return new String(letter.original(), StandardCharsets.UTF_8).contains(text);
    }

    private Records poll() {
        if (consumer.assignment().isEmpty()) {
            // No group: nothing here is to wait for a coordinator.
            consumer.assign(Stream.of(Topics.EVENTS, Topics.DEAD_LETTERS).flatMap(topic -> consumer.partitionsFor(topic).stream())
                    .map(info -> new TopicPartition(info.topic(), info.partition())).toList());
        }
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(Topics.EVENTS)) {
                if (record.headers().lastHeader(Topics.SOURCE_HEADER) != null) {
                    events.put(codec.read(record.value(), EventRecord.class).id(), record);
                }
            } else if (record.headers().lastHeader(Topics.SOURCE_HEADER) != null) {
                assertThat(record.headers().lastHeader("schema").value()).asString().isEqualTo("dead-letter/2");
                DeadLetter letter = seal.open(codec.read(record.value(), SealedDeadLetter.class));
                deadLetters.put(letter.key(), letter);
            }
        }
        return this;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
