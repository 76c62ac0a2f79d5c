package dev.doorstep.predictionservice.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.watching.verdict.Verdict;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the history: what served from then on, who or what decided, on which figures.
 *
 * @param at when
 * @param actor who: the subject of a token, or {@code automation}
 * @param requestId of the request that asked for it, or null
 * @param action what was done
 * @param rolloutId the rollout that it belongs to, or null
 * @param reason why, or null
 * @param figures the verdicts that it rests on
 * @param serving what served from then on
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Change(Instant at, String actor, @Nullable String requestId, String action, @Nullable String rolloutId,
        @Nullable String reason, List<Verdict> figures, Serving serving) {
    public Change {
        figures = List.copyOf(figures);
    }
}
