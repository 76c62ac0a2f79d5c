package dev.doorstep.predictionservice.journal;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.predictionservice.PredictionSettings;
import dev.doorstep.servicekit.work.BackgroundQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts served answers on {@code predictions.served} without anyone waiting for it: through a bounded buffer, and dropped with a count once
 * that is full. A shutdown sends what is in the buffer; a crash loses it, and promises do not depend on it. Thread-safe.
 */
@Component
public class ServedJournal implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ServedJournal.class);
    private static final Duration FLUSH = Duration.ofSeconds(5);

    private final KafkaTemplate<String, byte[]> kafka;
    private final BackgroundQueue<Entry> buffer;
    private final Inputs inputs = new Inputs();
    private final MessageCodec codec = new MessageCodec();
    private final Tracer tracer;
    private final MeterRegistry metrics;
    private final Counter journalled;
    private final Counter dropped;

    public ServedJournal(ProducerFactory<String, byte[]> producers, PredictionSettings settings, Tracer tracer, MeterRegistry metrics) {
        // Not the observed template: each answer would then be timed and traced twice, on the way of the next one. Nobody waits for these
        // records, so they travel in few and large requests.
        this.kafka = new KafkaTemplate<>(producers,
                Map.of(ProducerConfig.LINGER_MS_CONFIG, 100, ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10,
                        ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4"));
        this.buffer = new BackgroundQueue<>("served-journal", settings.prediction().journalBuffer(), this::send);
        this.tracer = tracer;
        this.metrics = metrics;
        this.journalled = metrics.counter("doorstep.predictions.journal", "result", "sent");
        this.dropped = metrics.counter("doorstep.predictions.journal", "result", "dropped");
        Gauge.builder("doorstep.predictions.journal.waiting", buffer, BackgroundQueue::size).register(metrics);
    }

    /** An answer and the W3C trace context that it was given under. */
    private record Entry(Journalled answer, @Nullable String traceParent) {}

    /** Takes an answer; never waits. */
    public void add(Journalled journalled) {
        PredictionAnswer answer = journalled.served().answer();
        metrics.counter("doorstep.predictions", "basis", answer.basis().wireName(), "model", answer.model().version()).increment();
        if (!buffer.offer(new Entry(journalled, traceParent()))) {
            dropped.increment();
        }
    }

    @Override
    public void start() {
        buffer.start();
    }

    @Override
    public void stop() {
        // While Kafka is away each of them would wait; nobody may wait for all of them.
        long deadline = System.nanoTime() + FLUSH.toNanos();
        for (Entry entry : buffer.stop()) {
            if (System.nanoTime() < deadline) {
                send(entry);
            } else {
                dropped.increment();
            }
        }
        CompletableFuture<Void> flushed = CompletableFuture.runAsync(kafka::flush, Thread::startVirtualThread);
        try {
            flushed.get(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            log.warn("not all served answers could be journalled: {}", e.toString());
        }
    }

    @Override
    public boolean isRunning() {
        return buffer.isRunning();
    }

    /** Stopped after the web server, whose last answers belong in here too. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void send(Entry entry) {
        try {
            PredictionServed served = entry.answer().served();
            PredictionAnswer answer = served.answer();
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.PREDICTIONS_SERVED, answer.predictionId(),
                    codec.write(served.withInputs(inputs.write(entry.answer().parcels()))));
            record.headers().add(Topics.SCHEMA_HEADER, PredictionServed.SCHEMA.getBytes(StandardCharsets.US_ASCII));
            if (entry.answer().forCustomer()) {
                record.headers().add(Topics.TOKEN_HEADER, answer.token().getBytes(StandardCharsets.US_ASCII));
            }
            String traceParent = entry.traceParent();
            if (traceParent != null) {
                record.headers().add("traceparent", traceParent.getBytes(StandardCharsets.US_ASCII));
            }
            CompletableFuture<?> _ = kafka.send(record)
                    .whenComplete((_, failure) -> (failure == null ? journalled : dropped).increment());
        } catch (RuntimeException _) {
            // Kafka is away; the count says so.
            dropped.increment();
        }
    }

    private @Nullable String traceParent() {
        TraceContext context = tracer.currentTraceContext().context();
        return context == null
                ? null
                : "00-" + context.traceId() + "-" + context.spanId() + (Boolean.TRUE.equals(context.sampled()) ? "-01" : "-00");
    }
}
