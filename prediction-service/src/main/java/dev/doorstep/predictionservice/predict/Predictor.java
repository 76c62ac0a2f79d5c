package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.learned.Pinned;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.journal.Journalled;
import dev.doorstep.predictionservice.lookup.FeatureLookup;
import dev.doorstep.predictionservice.lookup.OrderFeatures;
import dev.doorstep.predictionservice.promise.Question;
import dev.doorstep.predictionservice.promise.Quote;
import dev.doorstep.predictionservice.serving.Lineup;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.OrderObserver;
import dev.doorstep.predictionservice.serving.RecentOrders;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.predictionservice.serving.Shadows;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Answers one prediction: features, forecast, promise layer, token, journal. Thread-safe. */
@Component
class Predictor {
    private static final Logger log = LoggerFactory.getLogger(Predictor.class);

    private final FeatureLookup lookup;
    private final Orders orders;
    private final ServingModels models;
    private final RecentOrders recent;
    private final Shadows shadows;
    private final OrderObserver observer;
    private final MeterRegistry metrics;
    private final Quotes quotes;
    private final AnswerParts parts;
    private final Clock clock;

    Predictor(FeatureLookup lookup, Orders orders, ServingModels models, RecentOrders recent, Shadows shadows, OrderObserver observer,
            Quotes quotes,
            AnswerParts parts, MeterRegistry metrics, Clock clock) {
        this.lookup = lookup;
        this.orders = orders;
        this.models = models;
        this.recent = recent;
        this.shadows = shadows;
        this.observer = observer;
        this.metrics = metrics;
        this.quotes = quotes;
        this.parts = parts;
        this.clock = clock;
    }

    /** A prediction whose features are on their way. */
    interface Begun {
        /**
         * Completes the answer.
         *
         * @throws dev.doorstep.commonmodel.error.DoorstepException {@code INVALID_REQUEST} or {@code NO_SERVICE}, naming the field
         */
        Answered answer();
    }

    /**
     * An answer with what it was made from.
     *
     * @param lineup the models of that moment
     * @param model that answered
     * @param parcels as they were forecast
     * @param delivery of the whole order
     * @param given the quote that it stands for
     * @param kept whether that was given before
     * @param served as the journal has it
     */
    record Answered(Lineup lineup, LoadedModel model, List<ForecastInput> parcels, DayDistribution delivery, Quotes.Given given,
            boolean kept,
            PredictionServed served) {}

    /** A question and what its answer is made by. */
    private record Asked(PredictionRequest request, @Nullable String subject, @Nullable String question, Set<Include> include, Instant now,
            Quotes.Earlier earlier) {}

    /**
     * Answers a valid request.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code TIMESTAMP_OUT_OF_RANGE}, {@code INVALID_REQUEST} or
     *     {@code NO_SERVICE}, naming the field
     */
    PredictionAnswer predict(PredictionRequest request, Set<Include> include) {
        return serve(begin(request, include));
    }

    /**
     * Answers by one model, whatever serves.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code NOT_FOUND} when this replica has no such model loaded
     */
    PredictionAnswer predictBy(String version, PredictionRequest request, Set<Include> include) {
        LoadedModel model = models.find(version);
        if (model == null) {
            throw new DoorstepException(ErrorCode.NOT_FOUND, "version", "no model " + DoorstepException.shown(version)
                    + " is loaded; those that serve, are on trial, or can be gone back to, are");
        }
        return serve(begin(request, include, model));
    }

    /** Completes an answer and journals it. */
    PredictionAnswer serve(Begun begun) {
        Answered answered = begun.answer();
        PredictionAnswer answer = answered.served().answer();
        if (answered.kept()) {
            // Journalled, forecast by the models on trial and counted when it was given first.
            metrics.counter("doorstep.predictions.kept").increment();
            return answer;
        }
        quotes.remember(answered.given());
        recent.add(answered.parcels(), answer.targetConfidence());
        if (answered.served().knowsItsFeatures()) {
            observer.offer(answered.model(), answered.parcels(), answered.delivery());
        }
        shadows.served(answered.lineup(), answer.targetConfidence(),
                new Journalled(answered.served(), answered.parcels(), answered.given().isForCustomer()));
        return answer;
    }

    /**
     * Starts an answer: its features are looked up from here on, so that several can wait together.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code TIMESTAMP_OUT_OF_RANGE} or {@code INVALID_TOKEN}
     */
    Begun begin(PredictionRequest request, Set<Include> include) {
        return begin(request, include, null);
    }

    private Begun begin(PredictionRequest request, Set<Include> include, @Nullable LoadedModel only) {
        Instant now = Instant.ofEpochMilli(clock.millis());
        Instant instant = request.createdDateTime() == null ? now : request.createdDateTime();
        CreatedDateTime.requireInRange("createdDateTime", instant.toEpochMilli(), now);
        // Whoever asks for one version wants to know what that one says, and it is not what the customer was told.
        String question = only == null ? Question.of(request) : null;
        String subject = Subject.of(request.customerKey());
        Asked asked = new Asked(request, subject, question, include, now, quotes.earlier(request.token(), subject, question));
        FeatureLookup.Begun features = lookup.begin(request, instant, request.createdDateTime() == null);
        return () -> answer(asked, only, instant, features.await());
    }

    private Answered answer(Asked asked, @Nullable LoadedModel only, Instant instant, OrderFeatures features) {
        Lineup lineup = models.lineup();
        PredictionRequest request = asked.request();
        List<ForecastInput> parcels = orders.parcels(request, instant, features);
        if (only != null) {
            return answer(asked, lineup, only, only.forecaster(), parcels, features);
        }
        if (lineup.pinned() != null) {
            return answer(asked, lineup, lineup.active(), lineup.pinned(), parcels, features);
        }
        LoadedModel model = lineup.answering(request.customerKey() == null ? request.sessionId() : request.customerKey());
        while (true) {
            try {
                return answer(asked, lineup, model, model.forecaster(), parcels, features);
            } catch (DoorstepException e) {
                throw e;
            } catch (RuntimeException e) {
                // A customer must not pay for a trial: the model that is known to work answers.
                LoadedModel before = lineup.before(model);
                if (before == null) {
                    throw e;
                }
                metrics.counter("doorstep.predictions.fallbacks", "model", model.ref().version()).increment();
                log.debug("model {} failed, the one before it answers", model.ref().version(), e);
                model = before;
            }
        }
    }

    private Answered answer(Asked asked, Lineup lineup, LoadedModel model, Forecaster forecaster, List<ForecastInput> parcels,
            OrderFeatures features) {
        PredictionRequest request = asked.request();
        double confidence = request.targetConfidence();
        OrderForecast order = OrderForecast.of(parcels, forecaster);
        Forecast forecast = order.whole();
        DatePromise promise = DatePromise.of(forecast.delivery(), confidence);
        List<ForecastInput> afterCutoff = parcels.stream().map(parcel -> parcel.withOrderedAt(forecast.orderBy())).toList();
        DatePromise late = DatePromise.of(OrderForecast.of(afterCutoff, forecaster).whole().delivery(), confidence);
        // Where parcels go by different services, the answer names that of the one that the others wait for.
        ForecastInput input = parcels.get(order.slowest());
        // Which one that is may be another model's to say, but not whether the customer keeps the date.
        Quotes.Given earlier = asked.earlier().await(parcels, asked.now());
        Quotes.Given given = earlier == null
                ? quotes.of(asked.subject(), asked.question(), confidence, forecast, promise, input, asked.now())
                : earlier;
        Quote quote = given.quote();
        List<String> reasons = reasons(forecast, features, earlier != null);
        AnswerParts.Parts more = parts.of(asked.include(), request, order, promise, confidence, forecaster);
        PredictionAnswer answer = new PredictionAnswer(quote.predictionId().toString(), quote.deliveryDate(), quote.targetConfidence(),
                quote.probability(), quote.window(), quote.timeZone(), forecast.orderBy(),
                new PredictionAnswer.AfterCutoff(
                        late.deliveryDate().isBefore(quote.deliveryDate()) ? quote.deliveryDate() : late.deliveryDate()),
                quote.validUntil(), quote.basis(), quote.service(), reasons,
                quote.model(), given.token(), more.distribution(), more.timeline(), more.options(), more.byConfidence(),
                more.shipments(), more.orderComplete(), more.calibration(),
                asked.include().contains(Include.FEATURES) ? told(features, model.learned(), input.orderedAt()) : null, more.reasons());
        return new Answered(lineup, model, parcels, forecast.delivery(), given, earlier != null,
                new PredictionServed(asked.now().toEpochMilli(), answer, features.values(), request.withoutCustomer(),
                        model.ref().digest(), forecaster instanceof Pinned pinned ? pinned.best() : null, quote.policyDigest(),
                        model.liveUntil(),
                        forecast.calibration() == null ? null : forecast.calibration().group(), null, null));
    }

    private static List<FeatureValue> told(OrderFeatures features, @Nullable LearnedForecaster learned, Instant orderedAt) {
        Stream<FeatureValue> history = learned == null ? Stream.empty() : Stream.of(learned.deliveryHistory(orderedAt));
        return Stream.concat(features.values().stream(), history).toList();
    }

    private static List<String> reasons(Forecast forecast, OrderFeatures features, boolean kept) {
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
        if (kept) {
            reasons.add(ReasonCode.QUOTE_KEPT);
        }
        return reasons.stream().map(Enum::name).toList();
    }
}
