package dev.doorstep.ingestservice;

import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Everything that stands on the topics of ingest-service, read by a real consumer. */
final class Records implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MessageCodec codec = new MessageCodec();
    private final Map<String, ConsumerRecord<String, byte[]>> events = new HashMap<>();
    private final Map<String, DeadLetter> deadLetters = new HashMap<>();
    private final KafkaConsumer<String, byte[]> consumer;

    Records(String bootstrapServers) {
        consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", bootstrapServers, "group.id", "test", "auto.offset.reset", "earliest",
                "metadata.max.age.ms", "1000", "session.timeout.ms", "6000"), new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(Topics.EVENTS, Topics.DEAD_LETTERS));
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
        for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(100))) {
            if (record.topic().equals(Topics.EVENTS)) {
                events.put(codec.read(record.value(), EventRecord.class).id(), record);
            } else {
                DeadLetter letter = codec.read(record.value(), DeadLetter.class);
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
