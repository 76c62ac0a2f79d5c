package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.place.Place;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a forecast is made from.
 *
 * @param orderedAt the instant of the order; no later knowledge may be in any other component
 * @param origin name of the origin, one of the policy's
 * @param postalCode of the destination as the customer wrote it, or null
 * @param service name of the delivery service, one of the policy's
 * @param products what is in the parcel; not empty
 */
public record ForecastInput(Instant orderedAt, String origin, Place destination, @Nullable String postalCode, String service,
        List<Product> products) {
    public ForecastInput {
        products = List.copyOf(products);
    }

    /**
     * One product of a parcel.
     *
     * @param sku the store's article number, or null
     * @param handlingClass how it is prepared, null where it is not known
     * @param quantity pieces
     * @param viewsLastHour how often it was viewed within the hour before, null where nobody could tell
     * @param cartAddsLastHour how often it was added to a cart within the hour before, null where nobody could tell
     * @param outOfStock whether it was out of stock when last seen
     */
    public record Product(@Nullable String sku, @Nullable String handlingClass, int quantity, @Nullable Long viewsLastHour,
            @Nullable Long cartAddsLastHour, boolean outOfStock) {
        /** One piece of which only the class is known. */
        public static Product ofClass(@Nullable String handlingClass) {
            return new Product(null, handlingClass, 1, null, null, false);
        }
    }

    /** Whether one of the products was out of stock when last seen. */
    public boolean outOfStock() {
        return products.stream().anyMatch(Product::outOfStock);
    }

    /** Cart adds of the most wanted product. */
    public long cartAddsLastHour() {
        return products.stream().map(Product::cartAddsLastHour).filter(Objects::nonNull).mapToLong(Long::longValue).max().orElse(0);
    }

    /** The same order at another instant. */
    public ForecastInput withOrderedAt(Instant instant) {
        return new ForecastInput(instant, origin, destination, postalCode, service, products);
    }

    /** The same order by another service. */
    public ForecastInput withService(String name) {
        return new ForecastInput(orderedAt, origin, destination, postalCode, name, products);
    }
}
