package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.forecasting.ForecastInput;
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

    Orders(LoadedPolicy policy, Places places) {
        this.policy = policy.policy();
        this.places = places;
    }

    /**
     * The input of an order at an instant.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it asks for a service that the policy does not have
     */
    ForecastInput input(PredictionRequest request, Instant instant, OrderFeatures features) {
        String country = request.destination().country().toUpperCase(Locale.ROOT);
        Place destination = places.find(country, request.destination().postalCode());
        String origin = Objects.requireNonNullElse(request.origin(), policy.defaultOrigin());
        return new ForecastInput(instant, origin, destination, service(request, features), features.handlingClasses(),
                features.outOfStock(), features.cartAddsLastHour());
    }

    /** The first service that was asked for, else the session's choice where the policy has it, else the policy's default. */
    private String service(PredictionRequest request, OrderFeatures features) {
        List<String> asked = request.services();
        if (asked != null && !asked.isEmpty()) {
            for (String service : asked) {
                if (!policy.services().containsKey(service)) {
                    throw new DoorstepException(ErrorCode.INVALID_REQUEST, "services", "services names "
                            + DoorstepException.shown(service) + ", which is not one of "
                            + policy.services().keySet().stream().sorted().toList());
                }
            }
            return asked.getFirst();
        }
        String chosen = features.sessionMethod();
        return chosen != null && policy.services().containsKey(chosen) ? chosen : policy.defaultService();
    }
}
