package dev.doorstep.commonmodel.prediction;

import dev.doorstep.commonmodel.time.CreatedDateTime;
import java.time.Instant;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads {@code createdDateTime} as documents have it: epoch milliseconds, also as text, or ISO-8601 with an offset. */
final class InstantReader extends ValueDeserializer<Instant> {
    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT && parser.currentToken() != JsonToken.VALUE_STRING) {
            return (Instant) context.handleUnexpectedToken(Instant.class, parser);
        }
        return Instant.ofEpochMilli(CreatedDateTime.epochMillis("createdDateTime", parser.getString()));
    }
}
