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
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.Originals;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Judges documents and hands each to Kafka. The receipt it promises is complete only once Kafka has committed, so that whoever waits for it
 * may forget the document. Thread-safe.
 */
@Component
public class DocumentIntake {
    private static final Logger log = LoggerFactory.getLogger(DocumentIntake.class);
    private static final String STAGE = "ingest-service";
    /** Below Kafka's limit of 1 MB for a message. */
    private static final int MOST_EVENT_BYTES = 950_000;

    private final IntakeLog intake;
    private final DeadLetterSeal seal;
    private final Originals originals;
    private final MeterRegistry metrics;
    private final TraceHeaders trace;
    private final Clock clock;
    private final DocumentParser parser;
    private final MessageCodec codec = new MessageCodec();

    public DocumentIntake(IntakeLog intake, DeadLetterSeal seal, Originals originals, MeterRegistry metrics,
            TraceHeaders trace, Clock clock) {
        this.intake = intake;
        this.seal = seal;
        this.originals = originals;
        this.metrics = metrics;
        this.trace = trace;
        this.clock = clock;
        this.parser = new DocumentParser(clock);
    }

    /** What a document is good for. */
    private sealed interface Judged {}

    private record Usable(ClickstreamDocument document, String contentHash) implements Judged {}

    private record Unusable(@Nullable String id, Refusal refusal) implements Judged {}

    /**
     * Takes one document. What it needs of the raw bytes it has copied when it returns.
     *
     * @param source name of the source
     * @param position where in the source it stands; sending the same position again replaces a dead letter instead of adding one
     */
    public CompletableFuture<Receipt> take(RawDocument raw, String source, String position) {
        return switch (judge(raw)) {
            case Usable usable -> accept(raw, usable, source, position);
            case Unusable unusable -> refuse(raw, unusable.id(), unusable.refusal(), source, position);
        };
    }

    private CompletableFuture<Receipt> accept(RawDocument raw, Usable usable, String source, String position) {
        EventRecord event = EventRecord.of(usable.document(), usable.contentHash(), clock.millis(), source, position);
        byte[] value = codec.write(event);
        if (value.length > MOST_EVENT_BYTES) {
            // Kafka would refuse the transaction, and with it everybody else's documents.
            return refuse(raw, event.id(), tooLarge(), source, position);
        }
        return send(event, value).handle((_, failure) -> receipt(source, raw.index(), event.id(), null, failure));
    }

    /** Makes a dead letter of a document that is longer than its source may be; the archive keeps the whole of it. */
    CompletableFuture<Receipt> refuseTooLong(RawDocument raw, String source, String position) {
        return refuse(raw, null, Refusal.tooLong(raw.totalLength()), source, position);
    }

    /** What would become of a document: null when it can be used, else why not. */
    public @Nullable Refusal check(byte[] document) {
        return judge(RawDocument.of(document)) instanceof Unusable unusable ? unusable.refusal() : null;
    }

    /**
     * Takes the document of a dead letter again. Should it be refused, it makes no new dead letter.
     *
     * @param letterId by which feature-service names the dead letter, should it refuse the event
     * @param receivedAt first receipt, epoch milliseconds
     */
    public CompletableFuture<Receipt> replay(byte[] document, String letterId, long receivedAt) {
        return switch (judge(RawDocument.of(document))) {
            case Usable usable ->
                replay(EventRecord.of(usable.document(), usable.contentHash(), receivedAt, Topics.REPLAY_SOURCE, letterId));
            case Unusable unusable -> refuseReplay(null, unusable.refusal());
        };
    }

    /** Hands on an event that feature-service had refused. */
    public CompletableFuture<Receipt> replay(EventRecord event) {
        byte[] value = codec.write(event);
        if (value.length > MOST_EVENT_BYTES) {
            return refuseReplay(event.id(), tooLarge());
        }
        return send(event, value).handle((_, failure) -> receipt(Topics.REPLAY_SOURCE, 0, event.id(), null, failure));
    }

    private CompletableFuture<Receipt> refuseReplay(@Nullable String id, Refusal refusal) {
        intake.rejected(Topics.REPLAY_SOURCE);
        return CompletableFuture.completedFuture(receipt(Topics.REPLAY_SOURCE, 0, id, refusal, null));
    }

    private static Refusal tooLarge() {
        return new Refusal(ErrorCode.TOO_LARGE, "_source", null, "_source has more than " + MOST_EVENT_BYTES + " bytes of known fields");
    }

    private Judged judge(RawDocument raw) {
        return switch (parser.parse(raw)) {
            case ParsedDocument.Usable usable -> {
                try {
                    yield new Usable(usable.document(),
                            ContentHash.of(raw.array(), raw.offset() + usable.sourceOffset(), usable.sourceLength()));
                } catch (DoorstepException e) {
                    yield new Unusable(usable.document().id(), Refusal.of(e));
                }
            }
            case ParsedDocument.Refused refused -> new Unusable(null, refused.refusal());
        };
    }

    private CompletableFuture<Void> send(EventRecord event, byte[] value) {
        return intake.append(record(Topics.EVENTS, event.key(), EventRecord.SCHEMA, event.source(), value), event.source(),
                IntakeLog.Kind.ACCEPTED);
    }

    private CompletableFuture<Receipt> refuse(RawDocument raw, @Nullable String id, Refusal refusal, String source, String position) {
        byte[] bytes = raw.copy();
        String sha256 = raw.sha256().isEmpty() ? HexFormat.of().formatHex(ContentHash.sha256().digest(bytes)) : raw.sha256();
        String archive;
        try {
            archive = archive(raw, bytes);
        } catch (IOException e) {
            // The letter can wait for its archive as it can for Kafka: whoever sent the document has it still.
            log.warn("an original of {} bytes can't be archived: {}", raw.totalLength(), e.toString());
            intake.rejected(source);
            return CompletableFuture.completedFuture(receipt(source, raw.index(), id, null, e));
        }
        byte[] kept = bytes.length > DeadLetter.WHOLE_ORIGINAL ? Arrays.copyOf(bytes, DeadLetter.ORIGINAL_HEAD) : bytes;
        DeadLetter letter = new DeadLetter(source, position, STAGE, refusal.code(), refusal.field(), refusal.message(), clock.millis(),
                kept, raw.totalLength(), sha256, refusal.value(), archive);
        return intake
                .append(record(Topics.DEAD_LETTERS, letter.key(), SealedDeadLetter.SCHEMA, source, codec.write(seal.seal(letter))), source,
                        IntakeLog.Kind.DEAD_LETTERED)
                .handle((_, failure) -> {
                    forget(archive, failure);
                    return receipt(source, raw.index(), id, refusal, failure);
                });
    }

    /** An original that no letter names could never be found for erasure. */
    private void forget(@Nullable String archive, @Nullable Throwable failure) {
        if (archive == null || failure == null || failure instanceof CommitUnknownException) {
            return;
        }
        try {
            originals.delete(archive);
        } catch (IOException e) {
            log.warn("the original {} of a document that was not taken stays in the archive until it expires: {}", archive, e.toString());
        }
    }

    private @Nullable String archive(RawDocument raw, byte[] bytes) throws IOException {
        if (raw.spill() instanceof Originals.Incoming incoming) {
            return incoming.archive();
        }
        return bytes.length > DeadLetter.WHOLE_ORIGINAL ? originals.archive(bytes) : null;
    }

    private Receipt receipt(String source, long index, @Nullable String id, @Nullable Refusal refusal, @Nullable Throwable failure) {
        Receipt receipt;
        if (failure != null) {
            log.debug("a document could not be handed on: {}", failure.toString());
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

    private ProducerRecord<String, byte[]> record(String topic, String key, String schema, String source, byte[] value) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, value);
        record.headers().add(Topics.SCHEMA_HEADER, schema.getBytes(StandardCharsets.US_ASCII));
        record.headers().add(Topics.SOURCE_HEADER, source.getBytes(StandardCharsets.UTF_8));
        trace.current().forEach(record.headers()::add);
        return record;
    }
}
