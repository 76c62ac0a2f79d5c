package dev.doorstep.ingestservice.deadletter;

import java.nio.charset.StandardCharsets;
import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.document.Refusal;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.Originals;
import dev.doorstep.featurestore.StoredLetter;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.DocumentIntake;
import dev.doorstep.ingestservice.intake.Receipt;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What can be done with one dead letter: its document made, corrected, judged and handed on. A document is a clickstream document, or for
 * letters of feature-service the event record that it refused. Thread-safe.
 */
@Component
class Repairs {
    private final DeadLetterStore store;
    private final Originals originals;
    private final DocumentIntake intake;
    private final Clock clock;
    private final int documentBytes;
    private final MessageCodec codec = new MessageCodec();

    Repairs(DeadLetterStore store, Originals originals, DocumentIntake intake, IngestSettings settings, Clock clock) {
        this.store = store;
        this.originals = originals;
        this.intake = intake;
        this.clock = clock;
        this.documentBytes = settings.limits().documentBytes();
    }

    /**
     * The document that a replay of a letter takes: the corrected one, else the original; null where the original was not kept in full.
     *
     * @throws DoorstepException {@code TOO_LARGE} when it is longer than any document may be
     */
    byte @Nullable [] document(StoredLetter letter) {
        byte[] corrected = store.corrected(letter.id());
        if (corrected != null) {
            return corrected;
        }
        DeadLetter original = store.original(letter.id());
        if (original == null) {
            return null;
        }
        if (original.isWhole()) {
            return original.original();
        }
        if (original.length() > documentBytes) {
            throw DoorstepException.ofValue(ErrorCode.TOO_LARGE, "document", "is longer than " + documentBytes + " bytes",
                    original.length());
        }
        return original.archive() == null ? null : archived(original.archive());
    }

    private byte @Nullable [] archived(String name) {
        try (InputStream in = originals.open(name)) {
            return in.readNBytes(documentBytes + 1);
        } catch (FileNotFoundException _) {
            return null;
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null, "the archive does not give the original: " + e.getMessage(), e);
        }
    }

    /** The letter's document with a JSON Patch (RFC 6902) applied to it. */
    byte[] patched(StoredLetter letter, byte[] patch) {
        byte[] document = document(letter);
        if (document == null) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "id",
                    "the original was not kept in full, so that it can't be patched; give the corrected document");
        }
        JsonStructure target = read(document, "id", "the original is not JSON, so that it can't be patched; give the corrected document");
        try {
            JsonStructure operations = read(patch, "body", "body is not a JSON Patch");
            JsonStructure patched = Json.createPatch(operations.asJsonArray()).apply(target);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (JsonWriter writer = Json.createWriter(out)) {
                writer.write(patched);
            }
            return withOwnHash(letter, out.toByteArray());
        } catch (JsonException | ClassCastException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "body",
                    "body is not a JSON Patch that fits the document: " + DoorstepException.shown(e.getMessage()), e);
        }
    }

    /** An event record's hash stands for its content, so that other content needs another one. */
    private byte[] withOwnHash(StoredLetter letter, byte[] document) {
        if (!isRecord(letter, document)) {
            return document;
        }
        EventRecord event = codec.read(document, EventRecord.class);
        return codec.write(event.withContentHash(ContentHash.of(document, 0, document.length)));
    }

    private static JsonStructure read(byte[] bytes, String field, String problem) {
        try (JsonReader reader = Json.createReader(new ByteArrayInputStream(bytes))) {
            return reader.read();
        } catch (JsonException | IllegalStateException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, field, problem, e);
        }
    }

    /** Keeps a corrected document, if a replay would take it. */
    void repair(StoredLetter letter, byte[] document, boolean dryRun) {
        if (document.length > DeadLetter.WHOLE_ORIGINAL) {
            throw DoorstepException.ofValue(ErrorCode.TOO_LARGE, "body", "is longer than " + DeadLetter.WHOLE_ORIGINAL + " bytes",
                    document.length);
        }
        Refusal refusal = check(letter, document);
        if (refusal != null) {
            throw new DoorstepException(refusal.code(), refusal.field(), "the corrected document can't be used either: "
                    + refusal.message());
        }
        if (!dryRun && !store.repair(letter.id(), document)) {
            throw notFound(letter.id());
        }
    }

    /** Why a document would be refused, or null. */
    @Nullable
    Refusal check(StoredLetter letter, byte[] document) {
        if (!isRecord(letter, document)) {
            return intake.check(document);
        }
        try {
            record(letter, document);
            return null;
        } catch (DoorstepException e) {
            return Refusal.of(e);
        }
    }

    /** Hands a letter's document on. */
    CompletableFuture<Receipt> replay(StoredLetter letter, byte[] document) {
        return isRecord(letter, document)
                ? intake.replay(record(letter, document))
                : intake.replay(document, letter.id(), letter.receivedAt().toEpochMilli());
    }

    /** Letters of feature-service hold event records; a corrected document may still be a clickstream document. */
    private static boolean isRecord(StoredLetter letter, byte[] document) {
        return letter.stage().equals("feature-service")
                && !new String(document, StandardCharsets.UTF_8).contains("\"_source\"");
    }

    private EventRecord record(StoredLetter letter, byte[] document) {
        EventRecord event = codec.read(document, EventRecord.class);
        CreatedDateTime.requireInRange("createdDateTime", event.createdDateTime(), clock.instant());
        return event.asReplayOf(letter.id());
    }

    static DoorstepException notFound(String id) {
        return new DoorstepException(ErrorCode.NOT_FOUND, "id", "no dead letter " + DoorstepException.shown(id));
    }
}
