package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.bundle.Anchor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.format.DateTimeFormatterBuilder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads and checks mappings, written in YAML. */
public final class MappingReader {
    private static final YAMLMapper YAML = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    private MappingReader() {}

    /**
     * Reads a mapping.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it is none, names no anchor or contradicts itself, naming the key
     */
    public static Mapping read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "mapping", "mapping can't be read: " + e.getMessage(), e);
        }
    }

    static Mapping parse(String yaml) {
        if (yaml.isBlank()) {
            throw refused("mapping", "is empty");
        }
        Mapping mapping;
        try {
            mapping = YAML.readValue(yaml, Mapping.class);
        } catch (JacksonException e) {
            Throwable cause = e.getCause();
            String what = cause instanceof NullPointerException
                    ? cause.getMessage() + " is required"
                    : cause == null ? e.getOriginalMessage() : cause.getMessage();
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "mapping", "mapping: " + what + " " + e.getPathReference(), e);
        }
        boolean toOrder = mapping.anchor() == Anchor.ORDERED_AT;
        if ((toOrder ? mapping.orderedAt() : mapping.promisedAt()) == null) {
            throw refused(toOrder ? "orderedAt" : "promisedAt", "is the anchor and names no column");
        }
        if (mapping.promiseAsFeature() && (!toOrder || mapping.promisedAt() == null)) {
            throw refused("promiseAsFeature", "needs promisedAt and the anchor orderedAt");
        }
        if (mapping.delimiter() != null && mapping.delimiter().length() != 1) {
            throw refused("delimiter", "must be one character: " + mapping.delimiter());
        }
        if (mapping.decimal() != null && !mapping.decimal().equals(".") && !mapping.decimal().equals(",")) {
            throw refused("decimal", "must be . or , and is " + mapping.decimal());
        }
        for (Mapping.Column column : new Mapping.@Nullable Column[]{mapping.orderedAt(), mapping.approvedAt(), mapping.shippedAt(),
                mapping.deliveredAt(), mapping.promisedAt(), mapping.predictedAt(), mapping.observedUntil()}) {
            for (String format : column == null ? java.util.List.<String>of() : column.formats()) {
                try {
                    new DateTimeFormatterBuilder().appendPattern(format);
                } catch (IllegalArgumentException e) {
                    throw refused("formats", "has no java.time pattern: " + format + " (" + e.getMessage() + ")");
                }
            }
        }
        return mapping;
    }

    private static DoorstepException refused(String field, String what) {
        return new DoorstepException(ErrorCode.INVALID_REQUEST, field, "mapping: " + field + " " + what);
    }
}
