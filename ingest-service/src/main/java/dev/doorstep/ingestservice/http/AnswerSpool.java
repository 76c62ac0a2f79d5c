package dev.doorstep.ingestservice.http;

import dev.doorstep.ingestservice.intake.Receipt;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SequenceWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps a body's receipts until its status is known: in memory up to 1 MiB, then in a temporary file, so that a body of millions of
 * documents costs no more heap than a small one. Not thread-safe.
 */
final class AnswerSpool implements Closeable {
    private static final int IN_MEMORY = 1 << 20;

    private final ByteArrayOutputStream memory = new ByteArrayOutputStream();
    /** One for all receipts: made anew for each it takes longer than what it writes. */
    private final SequenceWriter receipts;
    private @Nullable Path file;
    private @Nullable OutputStream fileOut;
    private long accepted;
    private long refused;
    private long unavailable;

    AnswerSpool(JsonMapper json) {
        this.receipts = json.writer().withRootValueSeparator(",").writeValues(memory);
    }

    void add(Receipt receipt) throws IOException {
        receipts.write(receipt);
        switch (receipt.status()) {
            case ACCEPTED -> accepted++;
            case REFUSED -> refused++;
            case UNAVAILABLE -> unavailable++;
        }
        if (memory.size() > IN_MEMORY) {
            memory.writeTo(file());
            memory.reset();
        }
    }

    long accepted() {
        return accepted;
    }

    long refused() {
        return refused;
    }

    long unavailable() {
        return unavailable;
    }

    /** Writes the receipts, separated by commas. */
    void writeTo(OutputStream out) throws IOException {
        receipts.flush();
        OutputStream spooled = fileOut;
        if (spooled != null && file != null) {
            spooled.flush();
            Files.copy(file, out);
        }
        memory.writeTo(out);
    }

    @Override
    public void close() throws IOException {
        OutputStream spooled = fileOut;
        Path spoolFile = file;
        try (OutputStream _ = spooled) {
            receipts.close();
        } finally {
            if (spoolFile != null) {
                Files.delete(spoolFile);
            }
        }
    }

    private OutputStream file() throws IOException {
        OutputStream spooled = fileOut;
        if (spooled == null) {
            file = Files.createTempFile("doorstep-answer", ".json");
            spooled = new BufferedOutputStream(Files.newOutputStream(file));
            fileOut = spooled;
        }
        return spooled;
    }
}
