package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.predictionservice.lookup.QuoteLookup;
import dev.doorstep.predictionservice.promise.Quote;
import dev.doorstep.predictionservice.promise.QuoteTokens;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Makes the quote that an answer stands for, and its token; and finds the one that was given before, since a customer who comes back keeps
 * the date for as long as that is valid. Thread-safe.
 */
@Component
class Quotes {
    private final PredictionIds ids;
    private final LoadedPolicy policy;
    private final QuoteTokens tokens;
    private final QuoteLookup lookup;

    Quotes(PredictionIds ids, LoadedPolicy policy, QuoteTokens tokens, QuoteLookup lookup) {
        this.ids = ids;
        this.policy = policy;
        this.tokens = tokens;
        this.lookup = lookup;
    }

    /** A quote and its token. */
    record Given(Quote quote, String token) {
        /** Whether its customer is to be given it again. */
        boolean isForCustomer() {
            return quote.keptAs(token).isPresent();
        }
    }

    /** An earlier answer that may still be on its way. */
    interface Earlier {
        /** The earlier answer to the same question for one of the parcels' services, where it still holds; else null. */
        @Nullable
        Given await(List<ForecastInput> parcels, Instant now);
    }

    /**
     * Starts to find the earlier answer: the one whose token the request brings, else the one that its customer was given.
     *
     * @param token that the request brings, or null
     * @param subject who asks, or null where nobody says
     * @param question that it must be an answer to; null where none will do
     * @throws DoorstepException {@code INVALID_TOKEN} when the token was not written here or was changed
     */
    Earlier earlier(@Nullable String token, @Nullable String subject, @Nullable String question) {
        if (token != null) {
            Given brought = new Given(tokens.read(token), token);
            return (parcels, now) -> brought.quote().answers(question, services(parcels), now) ? brought : null;
        }
        if (subject == null || question == null) {
            return (_, _) -> null;
        }
        QuoteLookup.Begun begun = lookup.begin(subject, question);
        return (parcels, now) -> {
            String known = begun.await();
            Quote quote = known == null ? null : tokens.find(known);
            return known != null && quote != null && quote.answers(question, services(parcels), now) ? new Given(quote, known) : null;
        };
    }

    private static Set<String> services(List<ForecastInput> parcels) {
        return parcels.stream().map(ForecastInput::service).collect(Collectors.toSet());
    }

    /** A new quote, which answers the subject's question from now on; null for none. */
    Given of(@Nullable String subject, @Nullable String question, double confidence, Forecast forecast, DatePromise promise,
            ForecastInput input, Instant now) {
        Instant latest = now.plus(policy.policy().quoteValidity());
        // Asked as of another instant, the cut-off may be long past; such a quote is for reading, not for promising.
        Instant validUntil = forecast.orderBy().isBefore(latest) ? forecast.orderBy() : latest;
        Quote quote = new Quote(ids.next(), validUntil, promise.deliveryDate(), confidence, promise.probability(),
                promise.window(), input.destination().zone().getId(), forecast.basis(), input.service(), forecast.model(), policy.digest(),
                subject, question);
        return new Given(quote, tokens.write(quote));
    }

    /** Remembers what was given, where it is a customer's. */
    void remember(Given given) {
        given.quote().keptAs(given.token()).ifPresent(lookup::given);
    }
}
