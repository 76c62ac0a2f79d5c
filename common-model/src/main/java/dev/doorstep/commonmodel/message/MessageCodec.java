package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes the values of Kafka records: JSON that is changed only by adding, so that unknown fields are skipped. Thread-safe. */
public final class MessageCodec {
    private final JsonMapper json = JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY).build();

    /** The JSON bytes of a message record. */
    public byte[] write(Object message) {
        return json.writeValueAsBytes(message);
    }

    /**
     * Reads a message record.
     *
     * @throws DoorstepException {@code UNREADABLE_RECORD} when the bytes are not such a record
     */
    public <T> T read(byte[] bytes, Class<T> type) {
        T message;
        try {
            message = json.readValue(bytes, type);
        } catch (JacksonException e) {
            throw new DoorstepException(ErrorCode.UNREADABLE_RECORD, null,
                    "the record is not a readable " + type.getSimpleName() + ": " + DoorstepException.shown(e.getOriginalMessage()), e);
        }
        if (message == null) {
            throw new DoorstepException(ErrorCode.UNREADABLE_RECORD, "the record is the JSON literal null");
        }
        return message;
    }
}
