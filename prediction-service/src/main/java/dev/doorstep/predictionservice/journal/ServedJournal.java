package dev.doorstep.predictionservice.journal;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.predictionservice.PredictionSettings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Puts served answers on {@code predictions.served} without anyone waiting for it: through a bounded buffer, and dropped with a count once
 * that is full. What is in the buffer is lost with the process; promises do not depend on it. Thread-safe.
 */
@Component
public class ServedJournal implements SmartLifecycle {
    private final KafkaTemplate<String, byte[]> kafka;
    private final BlockingQueue<PredictionServed> buffer;
    private final MessageCodec codec = new MessageCodec();
    private final MeterRegistry metrics;
    private final Counter journalled;
    private final Counter dropped;
    private volatile boolean running;

    public ServedJournal(KafkaTemplate<String, byte[]> kafka, PredictionSettings settings, MeterRegistry metrics) {
        this.kafka = kafka;
        this.buffer = new ArrayBlockingQueue<>(settings.prediction().journalBuffer());
        this.metrics = metrics;
        this.journalled = metrics.counter("doorstep.predictions.journal", "result", "sent");
        this.dropped = metrics.counter("doorstep.predictions.journal", "result", "dropped");
        Gauge.builder("doorstep.predictions.journal.waiting", buffer, BlockingQueue::size).register(metrics);
    }

    /** Takes an answer; never waits. */
    public void add(PredictionServed served) {
        PredictionAnswer answer = served.answer();
        metrics.counter("doorstep.predictions", "basis", answer.basis().wireName(), "model", answer.model().version()).increment();
        if (!buffer.offer(served)) {
            dropped.increment();
        }
    }

    @Override
    public void start() {
        running = true;
        Thread _ = Thread.ofVirtual().name("served-journal").start(this::drain);
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void drain() {
        try {
            while (running) {
                send(buffer.take());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(PredictionServed served) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.PREDICTIONS_SERVED, served.answer().predictionId(),
                codec.write(served));
        record.headers().add(Topics.SCHEMA_HEADER, PredictionServed.SCHEMA.getBytes(StandardCharsets.US_ASCII));
        try {
            CompletableFuture<?> _ = kafka.send(record)
                    .whenComplete((_, failure) -> (failure == null ? journalled : dropped).increment());
        } catch (RuntimeException _) {
            // Kafka is away; the count says so.
            dropped.increment();
        }
    }
}
