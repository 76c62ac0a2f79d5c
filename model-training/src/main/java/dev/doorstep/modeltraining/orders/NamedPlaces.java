package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds places whose country is written as a code or as its English name. Immutable. */
final class NamedPlaces {
    private final Places places;
    private final Map<String, String> codes = new HashMap<>();

    NamedPlaces(Places places) {
        this.places = places;
        for (String code : Locale.getISOCountries()) {
            codes.put(Locale.of("", code).getDisplayCountry(Locale.ENGLISH).toLowerCase(Locale.ROOT), code);
        }
    }

    /** The closest place known; one of unknown precision where the country is none. */
    Place find(String country, @Nullable String postalCode) {
        String code = country.length() == 2 ? country.toUpperCase(Locale.ROOT) : codes.get(country.toLowerCase(Locale.ROOT));
        return places.find(code == null ? country : code, postalCode);
    }
}
