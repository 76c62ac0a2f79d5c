package dev.doorstep.predictionservice.promise;

import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.commonmodel.prediction.PromiseRequest;
import dev.doorstep.featurestore.PromiseStore;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.core.exception.SdkException;
import tools.jackson.databind.json.JsonMapper;

/** Turns quotes into promises: durable before anyone hears of them, one an order, and never changed. Thread-safe. */
@Component
class PromiseKeeper {
    private static final int LONGEST_ID = 64;

    private final PromiseStore store;
    private final CircuitBreaker breaker;
    private final QuoteTokens tokens;
    private final Clock clock;
    private final JsonMapper json;
    private final MeterRegistry metrics;
    private final Consumer<Promise> made;

    PromiseKeeper(PromiseStore store, CircuitBreakerRegistry breakers, QuoteTokens tokens, Clock clock, JsonMapper json,
            MeterRegistry metrics, Consumer<Promise> made) {
        this.made = made;
        this.store = store;
        this.breaker = breakers.circuitBreaker("promise-store");
        this.tokens = tokens;
        this.clock = clock;
        this.json = json;
        this.metrics = metrics;
    }

    /** A promise's id and the JSON it is told with. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Kept(String promiseId, byte[] body) {}

    /**
     * Makes a promise, or finds the one that the same request made before.
     *
     * @throws DoorstepException {@code INVALID_TOKEN}, {@code TOKEN_EXPIRED}, {@code PROMISE_CONFLICT} when the order has another promise,
     *     or {@code STORE_UNAVAILABLE}: then nothing was promised, and the same request may be sent again
     */
    Kept keep(PromiseRequest request) {
        Quote quote = tokens.read(request.token());
        String promiseId = promiseId(quote.predictionId(), request.orderId());
        Instant now = Instant.ofEpochMilli(clock.millis());
        if (now.isAfter(quote.validUntil())) {
            PromiseStore.Stored earlier = orUnavailable(() -> store.find(promiseId));
            if (earlier == null) {
                throw new DoorstepException(ErrorCode.TOKEN_EXPIRED, "token",
                        "token was valid until " + quote.validUntil() + ", ask again");
            }
            return new Kept(promiseId, orErased(earlier));
        }
        Promise promise = new Promise(promiseId, request.orderId(), quote.predictionId().toString(), quote.deliveryDate(),
                quote.targetConfidence(), quote.probability(), quote.window(), quote.timeZone(), quote.basis(), quote.service(),
                quote.model(),
                quote.policyDigest(), now);
        byte[] body = json.writeValueAsBytes(promise);
        PromiseStore.Kept kept = Objects
                .requireNonNull(orUnavailable(
                        () -> store.keep(promiseId, request.orderId(), quote.predictionId().toString(), quote.subject(), body, now)));
        metrics.counter("doorstep.promises", "result", kept.created() ? "made" : "repeated", "basis", quote.basis().wireName()).increment();
        if (!kept.promiseId().equals(promiseId)) {
            throw new DoorstepException(ErrorCode.PROMISE_CONFLICT, "orderId",
                    "orderId has another promise already: " + kept.promiseId());
        }
        if (!kept.created()) {
            return find(promiseId);
        }
        made.accept(promise);
        return new Kept(promiseId, body);
    }

    /**
     * A promise as it was told first.
     *
     * @throws DoorstepException {@code NOT_FOUND}, {@code ERASED} or {@code STORE_UNAVAILABLE}
     */
    Kept find(String promiseId) {
        // Longer than any id that was ever given, and longer than DynamoDB takes a key.
        PromiseStore.Stored stored = promiseId.length() > LONGEST_ID ? null : orUnavailable(() -> store.find(promiseId));
        if (stored == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "promiseId", "no promise " + DoorstepException.shown(promiseId));
        }
        return new Kept(promiseId, orErased(stored));
    }

    private static byte[] orErased(PromiseStore.Stored stored) {
        if (stored.body() == null) {
            throw new DoorstepException(ErrorCode.ERASED, "promiseId", "the promise was erased with its customer");
        }
        return stored.body();
    }

    /** The same prediction and order always give the same id, which nobody can guess without the prediction's. */
    private static String promiseId(UUID predictionId, String orderId) {
        MessageDigest digest = ContentHash.sha256();
        digest.update(predictionId.toString().getBytes(StandardCharsets.US_ASCII));
        ByteBuffer bytes = ByteBuffer.wrap(digest.digest(orderId.getBytes(StandardCharsets.UTF_8)));
        return new UUID(bytes.getLong(), bytes.getLong()).toString();
    }

    private <T> T orUnavailable(Supplier<T> call) {
        try {
            return breaker.executeSupplier(call);
        } catch (CallNotPermittedException | SdkException e) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null,
                    "the promise store does not answer; nothing is certain until it does, send the same request again", e);
        }
    }
}
