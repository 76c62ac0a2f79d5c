package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.place.PostalCodes;
import dev.doorstep.commonmodel.place.Precision;
import org.jspecify.annotations.Nullable;

/** Makes the way of a parcel out of places, the same in training and in serving. Immutable and thread-safe. */
public final class Lanes {
    private static final int AREA_LENGTH = 3;

    private final Places places;

    public Lanes(Places places) {
        this.places = places;
    }

    /**
     * The way between two places. A destination of which only the country is known, although the country's postal codes are, has no region
     * and no distance; in a country whose postal codes nobody knows, all parcels go to the country's principal place.
     *
     * @param postalCode of the destination as the customer wrote it
     */
    public OrderFacts.Lane between(@Nullable String originId, @Nullable Place origin, @Nullable Place destination,
            @Nullable String postalCode, @Nullable String carrier, @Nullable String service) {
        Place close = destination == null || isVague(destination) ? null : destination;
        Place located = known(close);
        Place from = known(origin);
        String code = postalCode == null ? "" : located == null ? postalCode : PostalCodes.tidied(located.country(), postalCode);
        return new OrderFacts.Lane(originId, origin == null ? null : origin.country(), region(origin),
                destination == null ? null : destination.country(), region(close),
                located == null || code.length() < AREA_LENGTH ? null : located.country() + "-" + code.substring(0, AREA_LENGTH),
                located == null ? Double.NaN : located.latitude(), located == null ? Double.NaN : located.longitude(),
                located == null || from == null ? Double.NaN : from.distanceKm(located), carrier, service);
    }

    /** Whether it could be anywhere in a country of which more could be known. */
    private boolean isVague(Place place) {
        return place.precision() == Precision.COUNTRY && places.knowsPostalCodes(place.country());
    }

    private static @Nullable Place known(@Nullable Place place) {
        return place == null || place.precision() == Precision.UNKNOWN ? null : place;
    }

    private static @Nullable String region(@Nullable Place place) {
        if (place == null) {
            return null;
        }
        return place.region().isEmpty() ? place.country() : place.region();
    }
}
