package dev.doorstep.predictionservice.lookup;

import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.predictionservice.PredictionSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Finds what a customer was told before, within the time budget of the features. Thread-safe. */
@Component
public class QuoteLookup {
    private final PromiseStore store;
    private final long budgetNanos;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final NearCache<String> tokens;

    /** A look-up that is under way; {@link #await()} waits for what is left of the budget. */
    public interface Begun {
        /** The token of the answer, or null where there is none or nobody can tell in time. */
        @Nullable
        String await();
    }

    public QuoteLookup(@Qualifier("featureClient") DynamoDbClient client, CircuitBreakerRegistry breakers, PredictionSettings settings,
            Clock clock) {
        this.store = new PromiseStore(client, settings.store());
        this.budgetNanos = settings.prediction().featureBudget().toNanos();
        this.tokens = new NearCache<>(settings.prediction(), breakers.circuitBreaker("quote-store"), executor, clock, (_, next) -> next);
    }

    /** Starts to find the answer that a subject was given to a question. */
    public Begun begin(String subject, String question) {
        long deadline = System.nanoTime() + budgetNanos;
        NearCache.Pending<String> pending = tokens.find(key(subject, question), () -> store.quoted(subject, question));
        return () -> pending.await(deadline).value();
    }

    /** Remembers an answer that was given here, before the store has it. */
    public void given(PromiseStore.Quoted quote) {
        tokens.update(key(quote.subject(), quote.question()), quote.token());
    }

    @PreDestroy
    void close() {
        executor.shutdownNow();
    }

    private static String key(String subject, String question) {
        return subject + question;
    }
}
