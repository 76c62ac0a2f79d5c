package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.journal.ServedJournal;
import dev.doorstep.predictionservice.lookup.FeatureLookup;
import dev.doorstep.predictionservice.lookup.OrderFeatures;
import dev.doorstep.predictionservice.promise.Quote;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Answers one prediction: features, forecast, promise layer, token, journal. Thread-safe. */
@Component
class Predictor {
    private final FeatureLookup lookup;
    private final Orders orders;
    private final Forecaster forecaster;
    private final Quotes quotes;
    private final AnswerParts parts;
    private final ServedJournal journal;
    private final Clock clock;

    Predictor(FeatureLookup lookup, Orders orders, Forecaster forecaster, Quotes quotes, AnswerParts parts, ServedJournal journal,
            Clock clock) {
        this.lookup = lookup;
        this.orders = orders;
        this.forecaster = forecaster;
        this.quotes = quotes;
        this.parts = parts;
        this.journal = journal;
        this.clock = clock;
    }

    /** A prediction whose features are on their way. */
    interface Begun {
        /**
         * Completes the answer.
         *
         * @throws dev.doorstep.commonmodel.error.DoorstepException {@code INVALID_REQUEST} or {@code NO_SERVICE}, naming the field
         */
        PredictionServed answer();
    }

    /**
     * Answers a valid request.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code TIMESTAMP_OUT_OF_RANGE}, {@code INVALID_REQUEST} or
     *     {@code NO_SERVICE}, naming the field
     */
    PredictionAnswer predict(PredictionRequest request, Set<Include> include) {
        return serve(begin(request, include));
    }

    /** Completes an answer and journals it. */
    PredictionAnswer serve(Begun begun) {
        PredictionServed served = begun.answer();
        journal.add(served);
        return served.answer();
    }

    /**
     * Starts an answer: its features are looked up from here on, so that several can wait together.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code TIMESTAMP_OUT_OF_RANGE}
     */
    Begun begin(PredictionRequest request, Set<Include> include) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Instant instant = request.createdDateTime() == null ? now : request.createdDateTime();
        CreatedDateTime.requireInRange("createdDateTime", instant.toEpochMilli(), now);
        FeatureLookup.Begun features = lookup.begin(request, instant, request.createdDateTime() == null);
        return () -> answer(request, include, instant, now, features.await());
    }

    private PredictionServed answer(PredictionRequest request, Set<Include> include, Instant instant, Instant now, OrderFeatures features) {
        List<ForecastInput> parcels = orders.parcels(request, instant, features);
        double confidence = request.targetConfidence();
        OrderForecast order = OrderForecast.of(parcels, forecaster);
        Forecast forecast = order.whole();
        DatePromise promise = DatePromise.of(forecast.delivery(), confidence);
        List<ForecastInput> afterCutoff = parcels.stream().map(parcel -> parcel.withOrderedAt(forecast.orderBy())).toList();
        DatePromise late = DatePromise.of(OrderForecast.of(afterCutoff, forecaster).whole().delivery(), confidence);
        // Where parcels go by different services, the answer names that of the one that the others wait for.
        ForecastInput input = parcels.get(order.slowest());
        Quote quote = quotes.of(forecast, promise, confidence, input, now, request.customerKey());
        List<String> reasons = reasons(forecast, features);
        AnswerParts.Parts asked = parts.of(include, request, order, promise, confidence);
        PredictionAnswer answer = new PredictionAnswer(quote.predictionId().toString(), promise.deliveryDate(), confidence,
                promise.probability(), promise.window(), quote.timeZone(), forecast.orderBy(),
                new PredictionAnswer.AfterCutoff(late.deliveryDate()), quote.validUntil(), forecast.basis(), input.service(), reasons,
                forecast.model(), quotes.token(quote), asked.distribution(), asked.timeline(), asked.options(), asked.byConfidence(),
                asked.shipments(), asked.orderComplete(), asked.calibration(),
                include.contains(Include.FEATURES) ? features.values() : null, asked.reasons());
        return new PredictionServed(now.toEpochMilli(), answer, features.values());
    }

    private static List<String> reasons(Forecast forecast, OrderFeatures features) {
        Set<ReasonCode> reasons = EnumSet.noneOf(ReasonCode.class);
        reasons.addAll(forecast.reasons());
        if (features.unavailable()) {
            reasons.add(ReasonCode.FEATURES_UNAVAILABLE);
        }
        if (features.stale()) {
            reasons.add(ReasonCode.FEATURES_STALE);
        }
        if (features.sessionUnknown()) {
            reasons.add(ReasonCode.SESSION_UNKNOWN);
        }
        return reasons.stream().map(Enum::name).toList();
    }
}
