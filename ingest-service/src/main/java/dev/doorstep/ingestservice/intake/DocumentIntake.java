package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.document.ClickstreamDocument;
import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.document.DocumentParser;
import dev.doorstep.commonmodel.document.ParsedDocument;
import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.commonmodel.document.Refusal;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.stereotype.Component;

/**
 * Judges documents and hands each to Kafka. The receipt it promises is complete only once Kafka has acknowledged, so that whoever waits
 * for it may forget the document. Thread-safe.
 */
@Component
public class DocumentIntake {
    private static final Logger log = LoggerFactory.getLogger(DocumentIntake.class);
    private static final String STAGE = "ingest-service";

    private final KafkaTemplate<String, byte[]> kafka;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final DocumentParser parser;
    private final MessageCodec codec = new MessageCodec();

    public DocumentIntake(KafkaTemplate<String, byte[]> kafka, MeterRegistry metrics, Clock clock) {
        this.kafka = kafka;
        this.metrics = metrics;
        this.clock = clock;
        this.parser = new DocumentParser(clock);
    }

    /**
     * Takes one document. What it needs of the raw bytes it has copied when it returns.
     *
     * @param source name of the source
     * @param position where in the source it stands; sending the same position again replaces a dead letter instead of adding one
     */
    public CompletableFuture<Receipt> take(RawDocument raw, String source, String position) {
        String id = null;
        Refusal refusal;
        switch (parser.parse(raw)) {
            case ParsedDocument.Usable usable -> {
                id = usable.document().id();
                try {
                    String hash = ContentHash.of(raw.array(), raw.offset() + usable.sourceOffset(), usable.sourceLength());
                    return accept(usable.document(), hash, raw.index(), source, position);
                } catch (DoorstepException e) {
                    refusal = new Refusal(e.code(), e.field(), String.valueOf(e.getMessage()));
                }
            }
            case ParsedDocument.Refused refused -> refusal = refused.refusal();
        }
        return refuse(raw, id, refusal, source, position);
    }

    private CompletableFuture<Receipt> accept(ClickstreamDocument document, String hash, long index, String source, String position) {
        EventRecord event = EventRecord.of(document, hash, clock.millis(), source, position);
        return send(Topics.EVENTS, event.key(), EventRecord.SCHEMA, event)
                .handle((_, failure) -> receipt(source, index, document.id(), null, failure));
    }

    private CompletableFuture<Receipt> refuse(RawDocument raw, @Nullable String id, Refusal refusal, String source, String position) {
        byte[] bytes = raw.copy();
        String sha256 = raw.sha256().isEmpty() ? HexFormat.of().formatHex(ContentHash.sha256().digest(bytes)) : raw.sha256();
        byte[] kept = bytes.length > DeadLetter.WHOLE_ORIGINAL ? Arrays.copyOf(bytes, DeadLetter.ORIGINAL_HEAD) : bytes;
        DeadLetter letter = new DeadLetter(source, position, STAGE, refusal.code(), refusal.field(), refusal.message(), clock.millis(),
                kept,
                raw.totalLength(), sha256);
        return send(Topics.DEAD_LETTERS, letter.key(), DeadLetter.SCHEMA, letter)
                .handle((_, failure) -> receipt(source, raw.index(), id, refusal, failure));
    }

    private Receipt receipt(String source, long index, @Nullable String id, @Nullable Refusal refusal, @Nullable Throwable failure) {
        Receipt receipt;
        if (failure != null) {
            log.warn("Kafka did not acknowledge a document: {}", failure.toString());
            receipt = new Receipt(index, id, Receipt.Status.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE, null,
                    "Kafka did not acknowledge the document in time; send it again");
        } else if (refusal != null) {
            receipt = new Receipt(index, id, Receipt.Status.REFUSED, refusal.code(), refusal.field(), refusal.message());
        } else {
            receipt = new Receipt(index, id, Receipt.Status.ACCEPTED, null, null, null);
        }
        metrics.counter("doorstep.ingest.documents", "source", source, "result", receipt.status().name(), "reason",
                receipt.reason() == null ? "NONE" : receipt.reason().name()).increment();
        return receipt;
    }

    private CompletableFuture<?> send(String topic, String key, String schema, Object message) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, codec.write(message));
        record.headers().add(Topics.SCHEMA_HEADER, schema.getBytes(StandardCharsets.US_ASCII));
        try {
            return kafka.send(record);
        } catch (RuntimeException e) {
            // A producer that has no metadata of the topic yet throws instead of failing its future.
            return CompletableFuture.failedFuture(e);
        }
    }
}
