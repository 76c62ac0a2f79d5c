package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.source.Pauses;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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
    private final IngestSettings settings;

    public PatientIntake(DocumentIntake intake, IngestSettings settings) {
        this.intake = intake;
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
    public record Document(byte[] array, int offset, int length, String position) {
        RawDocument raw() {
            return RawDocument.of(array, offset, length);
        }
    }

    /** The way of one source's documents to Kafka. */
    public DocumentSink sink(String source) {
        return sink(each -> each.length() > settings.limits().documentBytes()
                ? intake.refuseTooLong(each.raw(), source, each.position())
                : intake.take(each.raw(), source, each.position()), source);
    }

    /** The way of documents that are too long for where one source's are written to: each becomes a dead letter. */
    public DocumentSink tooLong(String source) {
        return sink(each -> intake.refuseTooLong(each.raw(), source, each.position()), source);
    }

    private static DocumentSink sink(Function<Document, CompletableFuture<Receipt>> way, String source) {
        return new DocumentSink() {
            @Override
            public String name() {
                return "Kafka";
            }

            @Override
            public boolean deliver(List<Document> documents, BooleanSupplier wanted) throws InterruptedException {
                return Pauses.untilNoneLeft(documents, left -> attempt(left, way, source), wanted);
            }
        };
    }

    /** Returns what was not acknowledged. */
    private static List<Document> attempt(List<Document> documents, Function<Document, CompletableFuture<Receipt>> way, String source) {
        List<CompletableFuture<Receipt>> receipts = documents.stream().map(way).toList();
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
}
