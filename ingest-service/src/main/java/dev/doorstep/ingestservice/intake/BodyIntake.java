package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.document.DocumentReader;
import dev.doorstep.commonmodel.document.RawDocument;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.ingestservice.IngestSettings;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes whole bodies of documents: reads one after the other, keeps a bounded number under way, and reports them in order. Thread-safe.
 */
@Component
public class BodyIntake {
    private final DocumentIntake intake;
    private final IngestSettings settings;
    private final Semaphore bodies;

    public BodyIntake(DocumentIntake intake, IngestSettings settings) {
        this.intake = intake;
        this.settings = settings;
        this.bodies = new Semaphore(settings.concurrentBodies());
    }

    /** Where receipts go, in the order of their documents. */
    @FunctionalInterface
    public interface Receipts {
        void add(Receipt receipt) throws IOException;
    }

    /**
     * Takes a body.
     *
     * @param position where in the source the body stands; the documents' positions start with it
     * @return what is wrong with the body as a whole after the documents that were reported, or null
     * @throws IOException when the receipts can't be kept
     * @throws DoorstepException {@code OVERLOADED} before the first byte is read
     */
    public @Nullable DoorstepException take(InputStream body, String source, String position, Receipts receipts) throws IOException {
        if (!bodies.tryAcquire()) {
            throw new DoorstepException(ErrorCode.OVERLOADED,
                    "more than " + settings.concurrentBodies() + " bodies are being read; send this one again");
        }
        try {
            return read(body, source, position, receipts);
        } finally {
            bodies.release();
        }
    }

    private @Nullable DoorstepException read(InputStream body, String source, String position, Receipts receipts) throws IOException {
        Queue<CompletableFuture<Receipt>> window = new ArrayDeque<>();
        boolean available = true;
        DoorstepException problem = null;
        try {
            DocumentReader reader = DocumentReader.open(body, settings.limits());
            while (problem == null) {
                RawDocument raw = next(reader);
                if (raw == null) {
                    break;
                }
                // Once Kafka is away, the rest is told so at once instead of after a time-out for each.
                window.add(available ? intake.take(raw, source, position + "/" + raw.index()) : unavailable(raw.index()));
                while (!window.isEmpty() && (window.size() >= settings.window() || window.element().isDone())) {
                    available &= report(window.remove(), receipts);
                }
            }
        } catch (DoorstepException e) {
            problem = e;
        } catch (BodyException e) {
            problem = new DoorstepException(ErrorCode.NOT_JSON, "body", "the body can't be read to its end: " + e.getMessage(), e);
        } catch (IOException e) {
            problem = new DoorstepException(ErrorCode.NOT_JSON, "body", "the body can't be opened: " + e.getMessage(), e);
        }
        while (!window.isEmpty()) {
            report(window.remove(), receipts);
        }
        return problem;
    }

    private static @Nullable RawDocument next(DocumentReader reader) throws BodyException {
        try {
            return reader.next();
        } catch (IOException e) {
            throw new BodyException(e);
        }
    }

    private static boolean report(CompletableFuture<Receipt> future, Receipts receipts) throws IOException {
        Receipt receipt = future.join();
        receipts.add(receipt);
        return receipt.status() != Receipt.Status.UNAVAILABLE;
    }

    private static CompletableFuture<Receipt> unavailable(long index) {
        return CompletableFuture.completedFuture(new Receipt(index, null, Receipt.Status.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE, null,
                "Kafka did not acknowledge an earlier document; send this one again"));
    }

    /** The body broke, as opposed to the place that receipts are written to. */
    private static final class BodyException extends IOException {
        BodyException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
