package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.error.ErrorCode;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant; what is null does not narrow.
 *
 * @param from first receipt at or after
 * @param to first receipt before
 * @param storedBefore stored before, epoch milliseconds; keeps what a replay itself brings about out of it
 * @param statuses any of these; empty for all
 */
public record LetterFilter(@Nullable ErrorCode reason, @Nullable String source, @Nullable String stage, @Nullable String field,
        @Nullable Instant from, @Nullable Instant to, @Nullable Long storedBefore, Set<StoredLetter.Status> statuses) {
    /** Every dead letter. */
    public static final LetterFilter ALL = new LetterFilter(null, null, null, null, null, null, null, Set.of());

    public LetterFilter {
        statuses = Set.copyOf(statuses);
    }

    /** The same, narrowed to statuses and to what was stored before an instant (epoch milliseconds). */
    public LetterFilter with(Set<StoredLetter.Status> those, long before) {
        return new LetterFilter(reason, source, stage, field, from, to, before, those);
    }
}
