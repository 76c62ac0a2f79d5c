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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
     * The parcels of an order at an instant, one for each origin of its items: by the first asked service that reaches the destination, else by the session's choice where it
     * does, else by the policy's default.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it asks for a service or origin that the policy does not have
     */
    List<ForecastInput> parcels(PredictionRequest request, Instant instant, OrderFeatures features) {
        String usual = Objects.requireNonNullElse(request.origin(), policy.defaultOrigin());
        requireOrigin("origin", usual);
        Map<String, List<ForecastInput.Product>> byOrigin = new LinkedHashMap<>();
        for (int i = 0; i < request.items().size(); i++) {
            String named = request.items().get(i).origin();
            if (named != null) {
                requireOrigin("items[" + i + "].origin", named);
            }
            byOrigin.computeIfAbsent(named == null ? usual : named, _ -> new ArrayList<>()).add(features.products().get(i));
        }
        return byOrigin.entrySet().stream()
                .map(parcel -> parcel(request, instant, parcel.getKey(), parcel.getValue(), features.sessionMethod())).toList();
    }

    private void requireOrigin(String field, String name) {
        if (!policy.origins().containsKey(name)) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, field, field + " names " + DoorstepException.shown(name)
                    + ", which is not one of " + policy.origins().keySet().stream().sorted().toList());
        }
    }

    private ForecastInput parcel(PredictionRequest request, Instant instant, String origin, List<ForecastInput.Product> products,
            @Nullable String chosen) {
        String country = request.destination().country().toUpperCase(Locale.ROOT);
        Place destination = places.find(country, request.destination().postalCode());
        ForecastInput byDefault = new ForecastInput(instant, origin, destination, request.destination().postalCode(),
                policy.defaultService(), products);
        List<String> asked = request.services();
        if (asked != null && !asked.isEmpty()) {
            return firstThatReaches(asked, byDefault);
        }
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
