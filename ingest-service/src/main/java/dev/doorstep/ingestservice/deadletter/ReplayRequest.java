package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.commonmodel.error.ErrorCode;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters to replay: by id, or all that meet every condition that is given.
 *
 * @param ids letters, at most 1,000; also those that were replayed before
 * @param from first receipt at or after
 * @param to first receipt before
 * @param includeFailed whether letters whose replay failed are taken again without having been repaired; default false
 * @param dryRun whether only to tell what would become of them; default false
 */
record ReplayRequest(
        @Nullable @Size(min = 1, max = 1000) List<@Pattern(regexp = "[0-9a-f]{32}", message = "must be the id of a dead letter, 32 hex digits") String> ids,
        @Nullable ErrorCode reason, @Nullable @Size(max = 256) String source, @Nullable @Size(max = 256) String stage,
        @Nullable @Size(max = 256) String field, @Nullable Instant from, @Nullable Instant to, @Nullable Boolean includeFailed,
        @Nullable Boolean dryRun) {
    boolean hasCondition() {
        return reason != null || source != null || stage != null || field != null || from != null || to != null;
    }
}
