package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.predictionservice.journal.Inputs;
import dev.doorstep.predictionservice.registry.ModelRef;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Finds where the deliveries of a day's promises fell in the forecasts of models, whichever of them answered. Thread-safe. */
@Component
class Positions {
    private static final Logger log = LoggerFactory.getLogger(Positions.class);
    private static final Inputs INPUTS = new Inputs();

    private final Function<String, @Nullable List<ForecastInput>> parcels;
    private final String policyDigest;

    @Autowired
    Positions(Promises promises, LoadedPolicy policy) {
        this(predictionId -> parcels(promises.made(predictionId)), policy.digest());
    }

    /**
     * For any journal.
     *
     * @param parcels of an answer by its id, null where there is none of it
     * @param policyDigest of the calendars that models forecast by
     */
    Positions(Function<String, @Nullable List<ForecastInput>> parcels, String policyDigest) {
        this.parcels = parcels;
        this.policyDigest = policyDigest;
    }

    private static @Nullable List<ForecastInput> parcels(@Nullable PredictionServed made) {
        JsonNode parcels = made == null ? null : made.inputs();
        return parcels == null ? null : INPUTS.read(parcels);
    }

    /**
     * Of a whole mature day: of none of its promises where of too many nothing is known or some were made under other calendars than this replica has, since those that are left
     * would be the fast ones or the slow ones. Orders in several parcels are left out, whose forecasts are corrected one by one and observed
     * together, and those whose journal record is erased or can't be read.
     */
    Map<ModelRef, List<LiveState.Observed>> of(Cohorts.Cohort cohort, Map<ModelRef, LearnedForecaster> models) {
        Map<ModelRef, List<LiveState.Observed>> positions = new HashMap<>();
        models.keySet().forEach(model -> positions.put(model, new ArrayList<>()));
        List<Cohorts.Kept> promises = cohort.promises().stream().filter(each -> each.made() != null).toList();
        if (models.isEmpty() || !cohort.known()
                || promises.stream().anyMatch(each -> !Objects.requireNonNull(each.made()).policyDigest().equals(policyDigest))) {
            return positions;
        }
        int failed = 0;
        for (Cohorts.Kept promise : promises) {
            Cohorts.Made each = Objects.requireNonNull(promise.made());
            ForecastInput input = input(each);
            if (input == null) {
                continue;
            }
            LocalDate deliveredOn = each.deliveredOn();
            long to = deliveredOn == null ? Long.MAX_VALUE : deliveredOn.toEpochDay();
            // What has not come may still come on any later day.
            long from = promise.kept() == null ? cohort.last().toEpochDay() + 1 : to;
            double within = new SplittableRandom(UUID.fromString(each.promiseId()).getMostSignificantBits()).nextDouble();
            for (Map.Entry<ModelRef, LearnedForecaster> model : models.entrySet()) {
                try {
                    LiveState.Observed observed = model.getValue().observed(input, from, to, within);
                    if (observed != null) {
                        Objects.requireNonNull(positions.get(model.getKey())).add(observed);
                    }
                } catch (RuntimeException e) {
                    failed++;
                    log.debug("promise {} corrects no probabilities of a model", each.promiseId(), e);
                }
            }
        }
        if (failed > 0) {
            log.warn("{} forecasts of a day with {} promises failed and correct no probabilities", failed, promises.size());
        }
        return positions;
    }

    private @Nullable ForecastInput input(Cohorts.Made made) {
        try {
            List<ForecastInput> order = parcels.apply(made.predictionId());
            return order == null || order.size() != 1 ? null : order.getFirst();
        } catch (DoorstepException | JacksonException e) {
            log.debug("what promise {} was made from can't be read", made.promiseId(), e);
            return null;
        }
    }
}
