package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.LetterFilter;
import dev.doorstep.featurestore.Originals;
import dev.doorstep.featurestore.StoredLetter;
import dev.doorstep.servicekit.operator.OperatorController;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** Lists, counts, shows and repairs dead letters. */
@OperatorController
class DeadLettersController {
    private static final int MOST_LISTED = 1_000;
    private static final int COUNT_PAGE = 1_000;
    private static final Set<String> CONDITIONS = Set.of("reason", "source", "stage", "field", "from", "to", "status");
    private static final Set<String> PAGING = Set.of("limit", "cursor");

    private final DeadLetterStore store;
    private final Repairs repairs;
    private final Originals originals;

    DeadLettersController(DeadLetterStore store, Repairs repairs, Originals originals) {
        this.store = store;
        this.repairs = repairs;
        this.originals = originals;
    }

    /**
     * A page of dead letters, oldest first.
     *
     * @param next the cursor of the next page, or null at the end
     */
    record Listed(List<StoredLetter> deadLetters, @Nullable String next) {}

    /** How many dead letters there are. */
    record Counted(long count, Map<String, Long> byReason, Map<String, Long> bySource, Map<String, Long> byStage,
            Map<String, Long> byStatus) {}

    /** A repair that was made, or would be. */
    record Repaired(String id, StoredLetter.Status status, boolean dryRun) {}

    @GetMapping("/v1/dead-letters")
    Listed list(HttpServletRequest request, @RequestParam(required = false) @Nullable ErrorCode reason,
            @RequestParam(required = false) @Nullable String source, @RequestParam(required = false) @Nullable String stage,
            @RequestParam(required = false) @Nullable String field, @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to, @RequestParam(required = false) @Nullable String status,
            @RequestParam(defaultValue = "100") int limit, @RequestParam(required = false) @Nullable String cursor) {
        requireKnown(request, true);
        if (limit < 1 || limit > MOST_LISTED) {
            throw DoorstepException.ofValue(ErrorCode.INVALID_REQUEST, "limit", "must lie between 1 and " + MOST_LISTED, limit);
        }
        try {
            DeadLetterStore.Page page = store.list(filter(reason, source, stage, field, from, to, status), cursor, limit);
            return new Listed(page.letters(), page.next());
        } catch (IllegalArgumentException _) {
            throw DoorstepException.ofValue(ErrorCode.INVALID_REQUEST, "cursor", "is not the next of a page", String.valueOf(cursor));
        }
    }

    @GetMapping("/v1/dead-letters/counts")
    Counted counts(HttpServletRequest request, @RequestParam(required = false) @Nullable ErrorCode reason,
            @RequestParam(required = false) @Nullable String source, @RequestParam(required = false) @Nullable String stage,
            @RequestParam(required = false) @Nullable String field, @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to, @RequestParam(required = false) @Nullable String status) {
        requireKnown(request, false);
        LetterFilter filter = filter(reason, source, stage, field, from, to, status);
        Map<String, Long> byReason = new TreeMap<>();
        Map<String, Long> bySource = new TreeMap<>();
        Map<String, Long> byStage = new TreeMap<>();
        Map<String, Long> byStatus = new TreeMap<>();
        long count = 0;
        String next = null;
        do {
            DeadLetterStore.Page page = store.list(filter, next, COUNT_PAGE);
            for (StoredLetter letter : page.letters()) {
                count++;
                byReason.merge(letter.reason().name(), 1L, Long::sum);
                bySource.merge(letter.source(), 1L, Long::sum);
                byStage.merge(letter.stage(), 1L, Long::sum);
                byStatus.merge(letter.status().wireName(), 1L, Long::sum);
            }
            next = page.next();
        } while (next != null);
        return new Counted(count, byReason, bySource, byStage, byStatus);
    }

    @GetMapping("/v1/dead-letters/{id}")
    LetterDetail letter(@PathVariable String id) {
        StoredLetter letter = find(id);
        return LetterDetail.of(letter, content(id), store.corrected(id));
    }

    /** The original, byte for byte, from the archive where it is long. */
    @GetMapping("/v1/dead-letters/{id}/original")
    ResponseEntity<InputStreamResource> original(@PathVariable String id) {
        StoredLetter letter = find(id);
        DeadLetter content = content(id);
        InputStream in = content.isWhole() ? new ByteArrayInputStream(content.original()) : archived(content);
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_OCTET_STREAM)
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"" + letter.id() + "\"").body(new InputStreamResource(in));
    }

    private InputStream archived(DeadLetter content) {
        if (content.archive() == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "id",
                    "the original was not kept in full; the letter itself shows its first 64 KiB");
        }
        try {
            return originals.open(content.archive());
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null, "the archive does not give the original: " + e.getMessage(), e);
        }
    }

    @PatchMapping(path = "/v1/dead-letters/{id}", consumes = "application/json-patch+json")
    Repaired patch(@PathVariable String id, @RequestBody byte[] patch, @RequestParam(defaultValue = "false") boolean dryRun) {
        StoredLetter letter = find(id);
        return repair(letter, repairs.patched(letter, patch), dryRun);
    }

    @PutMapping(path = "/v1/dead-letters/{id}/document", consumes = MediaType.APPLICATION_JSON_VALUE)
    Repaired correct(@PathVariable String id, @RequestBody byte[] document, @RequestParam(defaultValue = "false") boolean dryRun) {
        return repair(find(id), document, dryRun);
    }

    private Repaired repair(StoredLetter letter, byte[] document, boolean dryRun) {
        repairs.repair(letter, document, dryRun);
        return new Repaired(letter.id(), dryRun ? letter.status() : StoredLetter.Status.REPAIRED, dryRun);
    }

    private StoredLetter find(String id) {
        StoredLetter letter = id.matches("[0-9a-f]{32}") ? store.find(id) : null;
        if (letter == null) {
            throw Repairs.notFound(id);
        }
        return letter;
    }

    private DeadLetter content(String id) {
        DeadLetter content = store.original(id);
        if (content == null) {
            throw Repairs.notFound(id);
        }
        return content;
    }

    static LetterFilter filter(@Nullable ErrorCode reason, @Nullable String source, @Nullable String stage, @Nullable String field,
            @Nullable Instant from, @Nullable Instant to, @Nullable String status) {
        if (from != null && to != null && !from.isBefore(to)) {
            throw DoorstepException.ofValue(ErrorCode.INVALID_REQUEST, "to", "must lie after from", to);
        }
        return new LetterFilter(reason, source, stage, field, from, to, null, status == null ? Set.of() : Set.of(status(status)));
    }

    private static StoredLetter.Status status(String name) {
        for (StoredLetter.Status status : StoredLetter.Status.values()) {
            if (status.wireName().equals(name)) {
                return status;
            }
        }
        throw DoorstepException.ofValue(ErrorCode.INVALID_REQUEST, "status", "is none of open, repaired, replaying, replayed, failed",
                name);
    }

    /** A misspelt condition would widen what is listed without a word. */
    private static void requireKnown(HttpServletRequest request, boolean paged) {
        Map<String, String[]> unknown = new HashMap<>(request.getParameterMap());
        unknown.keySet().removeAll(CONDITIONS);
        if (paged) {
            unknown.keySet().removeAll(PAGING);
        }
        if (!unknown.isEmpty()) {
            String name = unknown.keySet().stream().sorted().findFirst().orElseThrow();
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, DoorstepException.shown(name),
                    DoorstepException.shown(name) + " is not a parameter of this request");
        }
    }
}
