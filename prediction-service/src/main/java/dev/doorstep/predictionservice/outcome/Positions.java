package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.predictionservice.journal.Inputs;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.ServingModels;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Finds where deliveries fell in the forecasts of the models that this replica has, whichever of them answered. Thread-safe. */
@Component
class Positions {
    private static final Logger log = LoggerFactory.getLogger(Positions.class);

    private final ServingModels models;
    private final LoadedPolicy policy;
    private final Inputs inputs = new Inputs();

    Positions(ServingModels models, LoadedPolicy policy) {
        this.models = models;
        this.policy = policy;
    }

    /**
     * Of one promise, by the digest of the model; none where it can't be told: of several parcels, whose forecasts are corrected one by one
     * and observed together, or under other calendars than this replica has.
     *
     * @param deliveredOn where it went; null for what is lost
     */
    Map<String, LiveState.Observed> of(Promise promise, PredictionServed prediction, @Nullable LocalDate deliveredOn) {
        JsonNode made = prediction.inputs();
        if (made == null || made.size() != 1 || !policy.digest().equals(promise.policyDigest())) {
            return Map.of();
        }
        long day = deliveredOn == null ? Long.MAX_VALUE : deliveredOn.toEpochDay();
        // The same each time that an outcome is joined.
        double within = new SplittableRandom(UUID.fromString(promise.promiseId()).getMostSignificantBits()).nextDouble();
        Map<String, LiveState.Observed> positions = new TreeMap<>();
        try {
            List<ForecastInput> parcels = inputs.read(made);
            for (LoadedModel model : models.loaded()) {
                LearnedForecaster learned = model.learned();
                LiveState.Observed observed = learned == null ? null : learned.observed(parcels.getFirst(), day, within);
                if (observed != null) {
                    positions.put(model.ref().digest(), observed);
                }
            }
        } catch (DoorstepException e) {
            log.warn("promise {} corrects no probabilities: {}", promise.promiseId(), e.getMessage());
        }
        return positions;
    }
}
