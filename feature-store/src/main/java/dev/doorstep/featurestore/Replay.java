package dev.doorstep.featurestore;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replay of dead letters and how far it is. Its page is done again after a crash, which changes nothing, since events are known by then.
 *
 * @param ids the letters that are meant, or empty where the filter says
 * @param filter the letters that are meant where there are no ids
 * @param dryRun whether it only tells what would become of them
 * @param cursor where it goes on, or null at its start
 * @param matched letters that were looked at
 * @param replayed letters that were accepted, or would be
 * @param refused letters that were refused again, or would be, by reason
 * @param incomplete letters whose original was not kept in full, and that were not repaired
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Replay(String replayId, Instant createdAt, Instant updatedAt, List<String> ids, LetterFilter filter, boolean dryRun,
        State state, @Nullable String cursor, long matched, long replayed, Map<String, Long> refused, long incomplete) {

    /** Where a replay is. */
    public enum State {
        RUNNING, STOPPED, DONE;

        @JsonValue
        String wireName() {
            return WireName.of(this);
        }
    }

    public Replay {
        ids = List.copyOf(ids);
        refused = Map.copyOf(refused);
    }

    /** The same replay in another state. */
    public Replay in(State next, Instant now) {
        return new Replay(replayId, createdAt, now, ids, filter, dryRun, next, cursor, matched, replayed, refused, incomplete);
    }
}
