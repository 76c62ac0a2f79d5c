package dev.doorstep.forecasting.policy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The calendars, cut-offs and tables that a store edits. Read by {@link PolicyReader}, which checks it.
 *
 * @param defaultOrigin origin of a request that names none
 * @param defaultService service of a request that names none
 * @param quoteValidity longest time that an answer can become a promise
 * @param origins places that parcels leave from
 * @param services delivery services
 * @param handling how long preparing takes
 * @param surge what a rush on a product costs
 * @param outOfStock open days until a product that is out of stock can be prepared, with their probabilities
 */
public record Policy(String defaultOrigin, String defaultService, Duration quoteValidity, Map<String, Origin> origins,
        Map<String, Service> services, Map<String, OpenDayTable> handling, Surge surge, OpenDayTable outOfStock) {
    public Policy {
        requireNonNull(defaultOrigin, "defaultOrigin");
        requireNonNull(defaultService, "defaultService");
        requireNonNull(quoteValidity, "quoteValidity");
        origins = Map.copyOf(requireNonNull(origins, "origins"));
        services = Map.copyOf(requireNonNull(services, "services"));
        handling = Map.copyOf(requireNonNull(handling, "handling"));
        requireNonNull(surge, "surge");
        requireNonNull(outOfStock, "outOfStock");
    }

    /**
     * A place that parcels leave from.
     *
     * @param cutoff local time up to which an order is prepared on its own day
     * @param cutoffs those of services that are collected earlier or later; null where all have the same
     * @param prepares when products are prepared
     * @param pickup when the carrier collects
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Origin(String country, @Nullable String postalCode, LocalTime cutoff, @Nullable Map<String, LocalTime> cutoffs,
            Calendar prepares, Calendar pickup) {
        public Origin {
            requireNonNull(country, "country");
            requireNonNull(cutoff, "cutoff");
            if (cutoffs != null) {
                cutoffs.forEach((service, time) -> requireNonNull(time, "cutoffs." + service));
            }
            cutoffs = cutoffs == null ? null : Collections.unmodifiableMap(new TreeMap<>(cutoffs));
            requireNonNull(prepares, "prepares");
            requireNonNull(pickup, "pickup");
        }
    }

    /**
     * Open days.
     *
     * @param weekdays open days of the week
     * @param holidays whether public holidays of the place are closed
     * @param closed further closed days
     * @param open days that are open whatever else is said
     */
    public record Calendar(Set<DayOfWeek> weekdays, boolean holidays, @Nullable Set<LocalDate> closed, @Nullable Set<LocalDate> open) {
        public Calendar {
            // In the order of the week, so that it is always written the same way.
            weekdays = Collections.unmodifiableSet(new TreeSet<>(requireNonNull(weekdays, "weekdays")));
        }
    }

    /**
     * A delivery service.
     *
     * @param delivers when it delivers
     * @param transit open days from collection to delivery, by distance band
     * @param carrier who runs it, as the orders file that a model was trained on calls them; null where it does not matter
     */
    public record Service(Calendar delivers, Map<DistanceBand, OpenDayTable> transit, @Nullable String carrier) {
        public Service {
            requireNonNull(delivers, "delivers");
            transit = Map.copyOf(requireNonNull(transit, "transit"));
        }
    }

    /**
     * What a rush on a product costs.
     *
     * @param cartAddsPerHour from how many additions to a cart in an hour on it is one
     * @param delay open days more, with their probabilities
     */
    public record Surge(long cartAddsPerHour, OpenDayTable delay) {
        public Surge {
            requireNonNull(delay, "delay");
        }
    }

    /** Probabilities of 0, 1, 2 … open days; written as a list. */
    public record OpenDayTable(List<Double> probabilities) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public OpenDayTable {
            probabilities = List.copyOf(probabilities);
        }
    }

    /** How far it is, as the carrier's table has it. */
    public enum DistanceBand {
        /** Up to 250 km. */
        @JsonProperty("local")
        LOCAL,
        /** Up to 1,000 km. */
        @JsonProperty("regional")
        REGIONAL,
        /** Up to 2,500 km. */
        @JsonProperty("national")
        NATIONAL,
        /** Farther within the country. */
        @JsonProperty("remote")
        REMOTE,
        /** Another country. */
        @JsonProperty("abroad")
        ABROAD;

        /** The band of a distance within a country. */
        public static DistanceBand ofKilometres(double distance) {
            if (distance <= 250) {
                return LOCAL;
            }
            if (distance <= 1000) {
                return REGIONAL;
            }
            return distance <= 2500 ? NATIONAL : REMOTE;
        }
    }
}
