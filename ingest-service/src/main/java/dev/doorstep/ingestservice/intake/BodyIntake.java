package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.document.DamagedStreamException;
import dev.doorstep.commonmodel.document.DocumentLimits;
import dev.doorstep.commonmodel.document.DocumentReader;
import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.featurestore.Originals;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes whole bodies of documents: reads one after the other, keeps a bounded number under way, and reports them in order. Thread-safe.
 */
@Component
public class BodyIntake {
    private final DocumentIntake intake;
    private final IntakeLog log;
    private final Originals originals;
    private final IngestSettings settings;
    private final Semaphore bodies;

    public BodyIntake(DocumentIntake intake, IntakeLog log, Originals originals, IngestSettings settings) {
        this.intake = intake;
        this.log = log;
        this.originals = originals;
        this.settings = settings;
        this.bodies = new Semaphore(settings.concurrentBodies());
    }

    /** Where receipts go, in the order of their documents. */
    @FunctionalInterface
    public interface Receipts {
        void add(Receipt receipt) throws IOException;
    }

    /**
     * One body.
     *
     * @param source name of the source
     * @param position where in the source it stands; the documents' positions start with it
     * @param limits how much of it is taken
     * @param mostDocuments how many documents of it are taken
     */
    public record Body(InputStream in, String source, String position, DocumentLimits limits, long mostDocuments) {}

    /**
     * Takes a body and closes it.
     *
     * @return what is wrong with the body as a whole after the documents that were reported, or null
     * @throws BrokenBodyException when the body breaks off for a reason that is not its own; all that was read of it is reported
     * @throws IOException when the receipts can't be kept
     * @throws DoorstepException {@code OVERLOADED} before the first byte is read
     */
    public @Nullable DoorstepException take(Body body, Receipts receipts) throws IOException {
        if (!bodies.tryAcquire()) {
            log.rejected(body.source());
            throw new DoorstepException(ErrorCode.OVERLOADED,
                    "more than " + settings.concurrentBodies() + " bodies are being read; send this one again");
        }
        try {
            return read(body, receipts);
        } finally {
            bodies.release();
        }
    }

    private @Nullable DoorstepException read(Body body, Receipts receipts) throws IOException {
        Queue<CompletableFuture<Receipt>> window = new ArrayDeque<>();
        DoorstepException problem = null;
        BrokenBodyException broken = null;
        boolean available = true;
        try (Documents documents = new Documents(body)) {
            for (RawDocument raw = documents.next(); raw != null; raw = documents.next()) {
                // Once Kafka is away, the rest is told so at once instead of after a time-out for each.
                window.add(available ? intake.take(raw, body.source(), body.position() + "/" + raw.index()) : unavailable(raw, body));
                while (!window.isEmpty() && (window.size() >= settings.window() || window.element().isDone())) {
                    available &= report(window.remove(), receipts);
                }
            }
        } catch (DoorstepException e) {
            // The document at which the body could not be read on.
            log.rejected(body.source());
            problem = e;
        } catch (BrokenBodyException e) {
            broken = e;
        }
        while (!window.isEmpty()) {
            report(window.remove(), receipts);
        }
        if (broken != null) {
            throw broken;
        }
        return problem;
    }

    /** The documents of a body; what is wrong with the body itself comes as one of two exceptions, apart from all others. */
    private final class Documents implements AutoCloseable {
        private final Body body;
        private @Nullable DocumentReader reader;
        private Originals.@Nullable Incoming spill;

        Documents(Body body) {
            this.body = body;
        }

        @Nullable
        RawDocument next() throws BrokenBodyException {
            RawDocument raw;
            try {
                DocumentReader open = reader == null ? DocumentReader.open(body.in(), body.limits(), this::spill) : reader;
                reader = open;
                raw = open.next();
            } catch (DamagedStreamException | ZipException e) {
                throw new DoorstepException(ErrorCode.NOT_JSON, "body", "body can't be read to its end: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new BrokenBodyException(e);
            }
            if (raw != null && raw.index() >= body.mostDocuments()) {
                throw new DoorstepException(ErrorCode.TOO_LARGE, "body",
                        "body holds more than " + body.mostDocuments() + " documents; send the rest again");
            }
            return raw;
        }

        /** The one before was archived, or never will be. */
        private Originals.Incoming spill() {
            if (spill != null) {
                spill.discard();
            }
            Originals.Incoming next = originals.incoming();
            spill = next;
            return next;
        }

        @Override
        public void close() {
            if (spill != null) {
                spill.discard();
            }
            try {
                (reader == null ? body.in() : reader).close();
            } catch (IOException _) {
                // All that was wanted of it has been read.
            }
        }
    }

    private static boolean report(CompletableFuture<Receipt> future, Receipts receipts) throws IOException {
        Receipt receipt = future.join();
        receipts.add(receipt);
        return receipt.status() != Receipt.Status.UNAVAILABLE;
    }

    private CompletableFuture<Receipt> unavailable(RawDocument raw, Body body) {
        log.rejected(body.source());
        return CompletableFuture
                .completedFuture(new Receipt(raw.index(), null, Receipt.Status.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE, null,
                        "Kafka did not acknowledge an earlier document; send this one again"));
    }
}
