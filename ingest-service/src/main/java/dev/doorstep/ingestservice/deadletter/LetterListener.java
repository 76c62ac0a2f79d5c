package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.DeadLetterStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Puts the dead letters of all services into their store; storing one twice changes nothing. */
@Component
public class LetterListener {
    /** Name of the consumer group. */
    public static final String GROUP = "dead-letter-store";
    static final String CONTAINER_FACTORY = "letterContainers";
    private static final Logger log = LoggerFactory.getLogger(LetterListener.class);
    private static final int WRITERS = 16;

    private final DeadLetterStore store;
    private final DeadLetterSeal seal;
    private final MeterRegistry metrics;
    private final MessageCodec codec = new MessageCodec();

    LetterListener(DeadLetterStore store, DeadLetterSeal seal, MeterRegistry metrics) {
        this.store = store;
        this.seal = seal;
        this.metrics = metrics;
    }

    @KafkaListener(id = GROUP, topics = Topics.DEAD_LETTERS, containerFactory = CONTAINER_FACTORY, batch = "true")
    void letters(ConsumerRecords<String, byte[]> records) throws InterruptedException, ExecutionException {
        List<Future<?>> stored = new ArrayList<>();
        // The store takes one letter in a few milliseconds, and many letters at once.
        try (ExecutorService writers = Executors.newFixedThreadPool(WRITERS, Thread.ofVirtual().factory())) {
            for (ConsumerRecord<String, byte[]> record : records) {
                stored.add(writers.submit(() -> store(record)));
            }
        }
        for (Future<?> each : stored) {
            each.get();
        }
    }

    private void store(ConsumerRecord<String, byte[]> record) {
        SealedDeadLetter letter = letter(record);
        if (letter == null) {
            metrics.counter("doorstep.dead.letters", "reason", "UNREADABLE", "stage", "unknown").increment();
            return;
        }
        store.store(letter, record.offset());
        metrics.counter("doorstep.dead.letters", "reason", letter.reason().name(), "stage", letter.stage()).increment();
    }

    private @Nullable SealedDeadLetter letter(ConsumerRecord<String, byte[]> record) {
        Header schema = record.headers().lastHeader(Topics.SCHEMA_HEADER);
        byte[] value = record.value() == null ? new byte[0] : record.value();
        try {
            if (schema != null && new String(schema.value(), StandardCharsets.US_ASCII).equals(DeadLetter.SCHEMA)) {
                return seal.seal(codec.read(value, DeadLetter.class));
            }
            return codec.read(value, SealedDeadLetter.class);
        } catch (DoorstepException e) {
            log.error("{}/{}/{} is not a dead letter and stays on its topic alone: {}", record.topic(), record.partition(),
                    record.offset(), e.getMessage());
            return null;
        }
    }
}
