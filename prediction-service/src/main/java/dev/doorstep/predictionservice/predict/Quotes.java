package dev.doorstep.predictionservice.predict;

import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.predictionservice.promise.Quote;
import dev.doorstep.predictionservice.promise.QuoteTokens;
import dev.doorstep.featurestore.Subject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes the quote that an answer stands for, and its token. Thread-safe. */
@Component
class Quotes {
    private final PredictionIds ids;
    private final LoadedPolicy policy;
    private final QuoteTokens tokens;

    Quotes(PredictionIds ids, LoadedPolicy policy, QuoteTokens tokens) {
        this.ids = ids;
        this.policy = policy;
        this.tokens = tokens;
    }

    String token(Quote quote) {
        return tokens.write(quote);
    }

    Quote of(Forecast forecast, DatePromise promise, double confidence, ForecastInput input, Instant now, @Nullable String customerKey) {
        Instant latest = now.plus(policy.policy().quoteValidity());
        // Asked as of another instant, the cut-off may be long past; such a quote is for reading, not for promising.
        Instant validUntil = forecast.orderBy().isBefore(latest) ? forecast.orderBy() : latest;
        return new Quote(ids.next(), validUntil, promise.deliveryDate(), confidence, promise.probability(), promise.window(),
                input.destination().zone().getId(), forecast.basis(), input.service(), forecast.model(), policy.digest(),
                Subject.of(customerKey));
    }
}
