package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.place.Place;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a forecast is made from.
 *
 * @param orderedAt the instant of the order; no later knowledge may be in any other component
 * @param origin name of the origin, one of the policy's
 * @param service name of the delivery service, one of the policy's
 * @param handlingClasses how each product is prepared, null where it is not known; not empty
 * @param outOfStock whether a product was out of stock when last seen
 * @param cartAddsLastHour of the most wanted product
 */
public record ForecastInput(Instant orderedAt, String origin, Place destination, String service, List<@Nullable String> handlingClasses,
        boolean outOfStock, long cartAddsLastHour) {
    /** The same order at another instant. */
    public ForecastInput withOrderedAt(Instant instant) {
        return new ForecastInput(instant, origin, destination, service, handlingClasses, outOfStock, cartAddsLastHour);
    }

    /** The same order by another service. */
    public ForecastInput withService(String name) {
        return new ForecastInput(orderedAt, origin, destination, name, handlingClasses, outOfStock, cartAddsLastHour);
    }
}
