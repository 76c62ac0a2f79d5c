package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.source.Pauses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Hands on documents of sources that keep them and can wait, such as Kinesis: tries again until Kafka has acknowledged each, as an event
 * or as a dead letter. Thread-safe.
 */
@Component
public class PatientIntake {
    private static final Logger log = LoggerFactory.getLogger(PatientIntake.class);

    private final DocumentIntake intake;
    private final BodyIntake bodies;
    private final IngestSettings settings;

    public PatientIntake(DocumentIntake intake, BodyIntake bodies, IngestSettings settings) {
        this.intake = intake;
        this.bodies = bodies;
        this.settings = settings;
    }

    /**
     * One document.
     *
     * @param array holds it
     * @param offset first byte in the array
     * @param length bytes in the array
     * @param position where in the source it stands; the same however often it is read
     */
    @SuppressWarnings("ArrayRecordComponent") // a window into a buffer, never compared
    public record Document(byte[] array, int offset, int length, String position) {}

    /** The way of one source's documents to Kafka. */
    public DocumentSink sink(String source) {
        return new DocumentSink() {
            @Override
            public String name() {
                return "Kafka";
            }

            @Override
            public boolean deliver(List<Document> documents, BooleanSupplier wanted) throws InterruptedException {
                return Pauses.untilNoneLeft(documents, left -> attempt(left, source), wanted);
            }
        };
    }

    /** Returns what was not acknowledged. */
    private List<Document> attempt(List<Document> documents, String source) {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>(documents.size());
        for (Document each : documents) {
            receipts.add(each.length() > settings.limits().documentBytes()
                    ? oversized(each, source)
                    : intake.take(new RawDocument(each.array(), each.offset(), each.length(), 0, 0, each.length(), "", true, null), source,
                            each.position()));
        }
        List<Document> left = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            if (receipts.get(i).join().status() == Receipt.Status.UNAVAILABLE) {
                left.add(documents.get(i));
            }
        }
        if (!left.isEmpty()) {
            log.warn("source {}: Kafka did not acknowledge {} of {} documents", source, left.size(), documents.size());
        }
        return left;
    }

    /** A document over the limit goes the way of bodies, which keeps the whole of it in the archive. */
    private CompletableFuture<Receipt> oversized(Document document, String source) {
        List<Receipt> receipts = new ArrayList<>();
        try {
            ByteArrayInputStream in = new ByteArrayInputStream(document.array(), document.offset(), document.length());
            DoorstepException problem = bodies.take(new BodyIntake.Body(in, source, document.position(), settings.limits(), Long.MAX_VALUE),
                    receipts::add);
            if (problem == null && receipts.stream().noneMatch(each -> each.status() == Receipt.Status.UNAVAILABLE)) {
                return CompletableFuture.completedFuture(receipts.getFirst());
            }
        } catch (IOException | DoorstepException e) {
            log.debug("a long document could not be handed on: {}", e.toString());
        }
        return CompletableFuture.completedFuture(
                new Receipt(0, null, Receipt.Status.UNAVAILABLE, ErrorCode.OVERLOADED, null, "a long document was not taken"));
    }
}
