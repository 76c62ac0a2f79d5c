package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.predictionservice.lookup.OrderFeatures;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Makes a forecast's input of a request and its features. Thread-safe. */
@Component
class Orders {
    private final Policy policy;
    private final Places places;
    private final Forecaster forecaster;

    Orders(LoadedPolicy policy, Places places, Forecaster forecaster) {
        this.forecaster = forecaster;
        this.policy = policy.policy();
        this.places = places;
    }

    /**
     * The input of an order at an instant: by the first asked service that reaches the destination, else by the session's choice where it
     * does, else by the policy's default.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it asks for a service that the policy does not have
     */
    ForecastInput input(PredictionRequest request, Instant instant, OrderFeatures features) {
        String country = request.destination().country().toUpperCase(Locale.ROOT);
        Place destination = places.find(country, request.destination().postalCode());
        String origin = Objects.requireNonNullElse(request.origin(), policy.defaultOrigin());
        ForecastInput byDefault = new ForecastInput(instant, origin, destination, request.destination().postalCode(),
                policy.defaultService(), features.products(), features.outOfStock());
        List<String> asked = request.services();
        if (asked != null && !asked.isEmpty()) {
            return firstThatReaches(asked, byDefault);
        }
        String chosen = features.sessionMethod();
        if (chosen == null || !policy.services().containsKey(chosen)) {
            return byDefault;
        }
        ForecastInput byChoice = byDefault.withService(chosen);
        return forecaster.reaches(byChoice) ? byChoice : byDefault;
    }

    private ForecastInput firstThatReaches(List<String> asked, ForecastInput order) {
        for (String service : asked) {
            if (!policy.services().containsKey(service)) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, "services", "services names " + DoorstepException.shown(service)
                        + ", which is not one of " + policy.services().keySet().stream().sorted().toList());
            }
        }
        // Where none does, the first one's refusal is the answer.
        return asked.stream().map(order::withService).filter(forecaster::reaches).findFirst()
                .orElseGet(() -> order.withService(asked.getFirst()));
    }
}
