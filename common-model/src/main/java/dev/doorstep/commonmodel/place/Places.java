package dev.doorstep.commonmodel.place;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds places by country and postal code, falling back outward: ZIP code, its three-digit area, the country's principal place. 41,000
 * ZIP codes of the United States (GeoNames, CC BY 4.0) and 248 countries (tz database) are known; an unknown country answers with
 * {@link Precision#UNKNOWN} in UTC. Immutable.
 */
public final class Places {
    static final String UNITED_STATES = "US";
    private static final int ZIP_DIGITS = 5;

    private final Map<String, Place> zipCodes = new HashMap<>(1 << 16);
    private final Map<String, Place> areas = new HashMap<>(1 << 11);
    private final Map<String, Place> countries = new HashMap<>(512);

    private Places() {}

    /** Reads the tables that ship with this module; takes some tens of milliseconds. */
    public static Places load() {
        Places places = new Places();
        Map<String, ZoneId> zones = new HashMap<>();
        places.lines("countries.csv", line -> places.addCountry(line, zones));
        Map<String, Area> areas = new HashMap<>();
        places.lines("us-postal-codes.csv", line -> places.addZipCode(line, zones, areas));
        areas.forEach((prefix, area) -> places.areas.put(prefix, area.place()));
        return places;
    }

    /**
     * The closest place known.
     *
     * @param country ISO 3166-1 alpha-2, in capitals
     * @param postalCode may be null, empty, or longer than a ZIP code (ZIP+4)
     */
    public Place find(String country, @Nullable String postalCode) {
        if (knowsPostalCodes(country) && postalCode != null) {
            String code = PostalCodes.tidied(country, postalCode);
            Place place = code.length() >= ZIP_DIGITS ? zipCodes.get(code.substring(0, ZIP_DIGITS)) : null;
            if (place == null && code.length() >= 3) {
                place = areas.get(code.substring(0, 3));
            }
            if (place != null) {
                return place;
            }
        }
        Place place = countries.get(country);
        return place == null ? new Place(country, "", 0, 0, ZoneOffset.UTC, Precision.UNKNOWN) : place;
    }

    /** Whether the country is known at all. */
    public boolean knowsCountry(String country) {
        return countries.containsKey(country.toUpperCase(Locale.ROOT));
    }

    /** Whether places of the country (ISO 3166-1 alpha-2, in capitals) are known by postal code. */
    public boolean knowsPostalCodes(String country) {
        return country.equals(UNITED_STATES);
    }

    /** How many ZIP codes are known. */
    public int zipCodeCount() {
        return zipCodes.size();
    }

    private void addCountry(String line, Map<String, ZoneId> zones) {
        String[] f = line.split(",", -1);
        ZoneId zone = zones.computeIfAbsent(f[3], ZoneId::of);
        countries.put(f[0], new Place(f[0], "", Double.parseDouble(f[1]), Double.parseDouble(f[2]), zone, Precision.COUNTRY));
    }

    private void addZipCode(String line, Map<String, ZoneId> zones, Map<String, Area> areas) {
        String[] f = line.split(",", -1);
        ZoneId zone = zones.computeIfAbsent(f[4], ZoneId::of);
        Place place = new Place(UNITED_STATES, f[1].intern(), Double.parseDouble(f[2]), Double.parseDouble(f[3]), zone,
                Precision.POSTAL_CODE);
        zipCodes.put(f[0], place);
        areas.computeIfAbsent(f[0].substring(0, 3), _ -> new Area()).add(place);
    }

    private void lines(String resource, Consumer<String> consumer) {
        InputStream in = Objects.requireNonNull(Places.class.getResourceAsStream(resource), resource);
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(consumer);
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    /** The middle of a three-digit area, in the zone and state that most of its ZIP codes have. */
    private static final class Area {
        private final Map<ZoneId, Integer> zones = new HashMap<>();
        private final Map<String, Integer> regions = new HashMap<>();
        private double latitudes;
        private double longitudes;
        private int count;

        void add(Place place) {
            zones.merge(place.zone(), 1, Integer::sum);
            regions.merge(place.region(), 1, Integer::sum);
            latitudes += place.latitude();
            longitudes += place.longitude();
            count++;
        }

        Place place() {
            return new Place(UNITED_STATES, mostFrequent(regions), latitudes / count, longitudes / count, mostFrequent(zones),
                    Precision.AREA);
        }

        private static <T> T mostFrequent(Map<T, Integer> counts) {
            return counts.entrySet().stream()
                    .max(Map.Entry.<T, Integer>comparingByValue().thenComparing(entry -> String.valueOf(entry.getKey()))).orElseThrow()
                    .getKey();
        }
    }
}
