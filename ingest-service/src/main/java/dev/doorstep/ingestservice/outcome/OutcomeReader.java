package dev.doorstep.ingestservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import dev.doorstep.commonmodel.wire.WireName;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Reads outcomes and names what is wrong with them. Thread-safe. */
@Component
class OutcomeReader {
    private static final int LONGEST_ID = 256;
    private static final Set<String> FIELDS = Set.of("outcomeId", "promiseId", "orderId", "shipmentId", "type", "occurredAt");

    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();

    OutcomeReader(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reads one.
     *
     * @throws DoorstepException {@code INVALID_FIELD}, {@code UNREADABLE_TIMESTAMP} or {@code TIMESTAMP_OUT_OF_RANGE} with the field
     */
    Outcome read(JsonNode node) {
        if (!node.isObject()) {
            throw invalid("body", "body must hold an outcome, which is an object: " + node.getNodeType());
        }
        for (String name : node.propertyNames()) {
            if (!FIELDS.contains(name)) {
                throw invalid(DoorstepException.shown(name), DoorstepException.shown(name) + " is no field of an outcome");
            }
        }
        String outcomeId = id(node, "outcomeId");
        if (outcomeId == null) {
            throw invalid("outcomeId", "outcomeId is missing");
        }
        String promiseId = id(node, "promiseId");
        String orderId = id(node, "orderId");
        if (promiseId == null && orderId == null) {
            throw invalid("promiseId", "promiseId and orderId are both missing: one of them says what was delivered");
        }
        return new Outcome(outcomeId, promiseId, orderId, id(node, "shipmentId"), type(node.path("type")),
                occurredAt(node.path("occurredAt")));
    }

    /** The id of an outcome that can't be used, where it has one. */
    @Nullable
    String idOf(JsonNode node) {
        JsonNode id = node.path("outcomeId");
        return id.isString() && id.asString().length() <= LONGEST_ID ? id.asString() : null;
    }

    /** The record that carries an outcome. */
    ProducerRecord<String, byte[]> record(Outcome outcome) {
        String key = outcome.orderId() == null ? outcome.promiseId() : outcome.orderId();
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.OUTCOMES, key, codec.write(outcome));
        record.headers().add(Topics.SCHEMA_HEADER, Outcome.SCHEMA.getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private static @Nullable String id(JsonNode node, String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString() || value.asString().isBlank() || value.asString().length() > LONGEST_ID) {
            throw invalid(field, field + " must be text of 1 to " + LONGEST_ID + " characters: " + DoorstepException.shown(value));
        }
        return value.asString();
    }

    private static Outcome.Type type(JsonNode value) {
        for (Outcome.Type type : Outcome.Type.values()) {
            if (value.isString() && value.asString().equals(WireName.of(type))) {
                return type;
            }
        }
        throw invalid("type", "type must be one of "
                + Arrays.stream(Outcome.Type.values()).map(WireName::of).toList() + ": "
                + DoorstepException.shown(value));
    }

    private Instant occurredAt(JsonNode value) {
        if (!value.isIntegralNumber() && !value.isString()) {
            throw new DoorstepException(ErrorCode.UNREADABLE_TIMESTAMP, "occurredAt",
                    "occurredAt must be epoch milliseconds or ISO-8601 with an offset: " + DoorstepException.shown(value));
        }
        long at = CreatedDateTime.epochMillis("occurredAt", value.asString());
        CreatedDateTime.requireInRange("occurredAt", at, clock.instant());
        return Instant.ofEpochMilli(at);
    }

    private static DoorstepException invalid(String field, String message) {
        return new DoorstepException(ErrorCode.INVALID_FIELD, field, message);
    }
}
