package dev.doorstep.localstack.drill;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a drill came to: sent = applied + duplicate + rejected + deadLettered + inFlight, as the store says.
 *
 * @param sent documents that were sent, each time that they were sent; for promises, requests
 * @param applied events in the store; for promises, promises there
 * @param duplicate sent again and recognised
 * @param rejected not taken, as their sender was told or had to assume
 * @param deadLettered in the dead-letter store
 * @param inFlight on their way when the count was made
 * @param lost acknowledged, but in none of these
 * @param doubled in these, or in sessions and counters, more often than sent
 * @param recoverySeconds from the end of the fault to the moment when what was acknowledged before it, and the first events
 *     acknowledged after it, were in the store; for promises, until the last replica that was killed was ready again
 * @param skipped why it was not run, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Result(String drill, long sent, long applied, long duplicate, long rejected, long deadLettered, long inFlight, long lost,
        long doubled, double recoverySeconds, @Nullable String skipped) {
    static Result skipped(String drill, String reason) {
        return new Result(drill, 0, 0, 0, 0, 0, 0, 0, 0, 0, reason);
    }

    /** Whether nothing is lost and nothing doubled. */
    @JsonIgnore
    public boolean isGood() {
        return lost == 0 && doubled == 0;
    }
}
