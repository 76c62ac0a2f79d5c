package dev.doorstep.ingestservice.intake;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.wire.WireName;
import org.jspecify.annotations.Nullable;

/**
 * What became of one document.
 *
 * @param index its place in the body, from 0
 * @param id its {@code _id}, where one could be read
 * @param status whether Kafka has it as an event, has it as a dead letter, or does not have it
 * @param reason why it is not an event
 * @param field path of the field at fault
 * @param message one sentence that names field and value
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Receipt(long index, @Nullable String id, Status status, @Nullable ErrorCode reason, @Nullable String field,
        @Nullable String message) {

    /** The three ways a document can go. */
    public enum Status {
        /** It is on {@code clickstream.events}. */
        ACCEPTED,
        /** It can't be used; it is among the dead letters, and sending it again is of no use. */
        REFUSED,
        /** It is nowhere; send it again. */
        UNAVAILABLE;

        @JsonValue
        String wireName() {
            return WireName.of(this);
        }
    }
}
