package dev.doorstep.commonmodel.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The value of {@code predictions.served}: an answer and the features it was made from. Schema {@code prediction-served/1}.
 *
 * @param servedAt epoch milliseconds
 * @param answer as it was given
 * @param features what was known of the order
 * @param request what was asked, or null in records of releases that did not tell
 * @param modelDigest the bundle that served, or null in records of releases that did not tell
 * @param safeMode the best rung that might answer, or null where every one might
 * @param policyDigest the calendars and cut-offs that it was made under, or null in records of releases that did not tell
 * @param liveUntil last day of orders whose outcomes had corrected the model's probabilities, or null where none had
 * @param lane the lane or region that the probability was corrected by, or null where no model answered
 * @param inputs what was forecast, a parcel each, or null in records of releases that did not tell
 * @param forecasts of the models on trial; null or empty where none was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PredictionServed(long servedAt, PredictionAnswer answer, List<FeatureValue> features, @Nullable PredictionRequest request,
        @Nullable String modelDigest, @Nullable Basis safeMode, @Nullable String policyDigest, @Nullable LocalDate liveUntil,
        @Nullable String lane,
        @Nullable JsonNode inputs,
        @Nullable List<ModelForecast> forecasts) {
    public static final String SCHEMA = "prediction-served/1";
    /** Levels of the quantiles that models on trial are compared by. */
    public static final List<Double> LEVELS = List.of(0.5, 0.8, 0.9, 0.95);

    /**
     * One model's forecast of the same order.
     *
     * @param version of the model
     * @param digest of its bundle
     * @param basis what it rests on
     * @param deliveryDate that it would promise at the asked confidence
     * @param quantiles first days by whose end it has arrived with the probability of each of {@link #LEVELS}
     */
    public record ModelForecast(String version, String digest, Basis basis, LocalDate deliveryDate, List<LocalDate> quantiles) {
        public ModelForecast {
            quantiles = List.copyOf(quantiles);
        }
    }

    public PredictionServed {
        Objects.requireNonNull(answer, "answer");
        features = List.copyOf(features);
    }

    /** Whether every feature could be looked up: what could not be says nothing of the orders. */
    public boolean knowsItsFeatures() {
        return features.stream().noneMatch(feature -> feature.status() == FeatureStatus.UNAVAILABLE);
    }

    /** The same with what was forecast. */
    public PredictionServed withInputs(JsonNode parcels) {
        return new PredictionServed(servedAt, answer, features, request, modelDigest, safeMode, policyDigest, liveUntil, lane, parcels,
                forecasts);
    }

    /** The same with forecasts of models on trial. */
    public PredictionServed withForecasts(List<ModelForecast> others) {
        return new PredictionServed(servedAt, answer, features, request, modelDigest, safeMode, policyDigest, liveUntil, lane, inputs,
                others);
    }
}
