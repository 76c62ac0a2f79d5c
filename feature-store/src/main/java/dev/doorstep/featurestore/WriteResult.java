package dev.doorstep.featurestore;

import java.util.List;

/** What became of {@link Effects}. Unless they were applied, nothing changed. */
public sealed interface WriteResult {
    /** They are in the store. */
    record Applied() implements WriteResult {}

    /** Another writer moved this partition on; whoever sees this must read the position again before doing anything else. */
    record PositionMoved() implements WriteResult {}

    /** Some events are known, or some sessions moved on; without the events, and with the sessions read again, the rest can apply. */
    record Known(List<KnownEvent> events, List<String> movedSessions) implements WriteResult {}

    /** An event whose id the store has, and the hash of the content it has it with. */
    record KnownEvent(String eventId, String storedHash) {}

    /** DynamoDB will never take these effects, whatever the state of the store. */
    record Invalid(String message) implements WriteResult {}

    /** Too much went on at once; the same effects can be tried again. */
    record Contended() implements WriteResult {}
}
