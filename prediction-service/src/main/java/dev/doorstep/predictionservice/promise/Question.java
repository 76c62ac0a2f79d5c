package dev.doorstep.predictionservice.promise;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a request asks, whoever asks: two requests with the same question may be told the same date. */
public final class Question {
    static final int BYTES = 16;

    private Question() {}

    /**
     * The first 128 bits of SHA-256 over destination, items, origin, services and confidence, 32 hex digits; null for a request as of another
     * instant, which is for reading and not for promising.
     */
    public static @Nullable String of(PredictionRequest request) {
        if (request.createdDateTime() != null) {
            return null;
        }
        MessageDigest digest = ContentHash.sha256();
        add(digest, request.destination().country().toUpperCase(Locale.ROOT));
        add(digest, request.destination().postalCode());
        add(digest, request.origin());
        add(digest, Double.toString(request.targetConfidence()));
        for (PredictionRequest.Item item : request.items()) {
            add(digest, item.sku());
            add(digest, Integer.toString(Objects.requireNonNullElse(item.quantity(), 1)));
            add(digest, item.origin());
        }
        Objects.requireNonNullElse(request.services(), List.<String>of()).forEach(service -> add(digest, service));
        return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    /** Each with an end that no text has, and none unlike an empty one, so that two lists of texts never look alike. */
    private static void add(MessageDigest digest, @Nullable String text) {
        if (text != null) {
            digest.update(text.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0xFF);
        }
        digest.update((byte) 0xFE);
    }
}
