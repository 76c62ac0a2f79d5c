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
    private final Forecaster table;

    Orders(LoadedPolicy policy, Places places, Forecaster table) {
        this.table = table;
        this.policy = policy.policy();
        this.places = places;
    }

    /**
     * The parcels of an order at an instant, one for each origin of its items: by the first asked service that reaches the destination,
     * else by the session's choice where it does, else by the policy's default.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it asks for a service or origin that the policy does not have
     */
    List<ForecastInput> parcels(PredictionRequest request, Instant instant, OrderFeatures features) {
        String usual = Objects.requireNonNullElse(request.origin(), policy.defaultOrigin());
        requireKnown("origin", usual, policy.origins());
        Map<String, List<ForecastInput.Product>> byOrigin = new LinkedHashMap<>();
        for (int i = 0; i < request.items().size(); i++) {
            String named = request.items().get(i).origin();
            if (named != null) {
                requireKnown("items[" + i + "].origin", named, policy.origins());
            }
            byOrigin.computeIfAbsent(named == null ? usual : named, _ -> new ArrayList<>()).add(features.products().get(i));
        }
        String postalCode = request.destination().postalCode();
        Place destination = places.find(request.destination().country().toUpperCase(Locale.ROOT), postalCode);
        return byOrigin.entrySet().stream().map(parcel -> byService(request.services(), features.sessionMethod(),
                new ForecastInput(instant, parcel.getKey(), destination, postalCode, policy.defaultService(), parcel.getValue()))).toList();
    }

    private ForecastInput byService(@Nullable List<String> asked, @Nullable String chosen, ForecastInput byDefault) {
        if (asked != null && !asked.isEmpty()) {
            return firstThatReaches(asked, byDefault);
        }
        if (chosen == null || !policy.services().containsKey(chosen)) {
            return byDefault;
        }
        ForecastInput byChoice = byDefault.withService(chosen);
        return table.reaches(byChoice) ? byChoice : byDefault;
    }

    private static void requireKnown(String field, String name, Map<String, ?> known) {
        if (!known.containsKey(name)) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, field, field + " names " + DoorstepException.shown(name)
                    + ", which is not one of " + known.keySet().stream().sorted().toList());
        }
    }

    private ForecastInput firstThatReaches(List<String> asked, ForecastInput order) {
        asked.forEach(service -> requireKnown("services", service, policy.services()));
        // Where none does, the first one's refusal is the answer.
        return asked.stream().map(order::withService).filter(table::reaches).findFirst()
                .orElseGet(() -> order.withService(asked.getFirst()));
    }
}
