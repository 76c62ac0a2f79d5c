package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.OriginClock;
import dev.doorstep.forecasting.policy.Policy;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When preparing of an order can start and on which days it can be delivered. Thread-safe. */
public final class Clocks {
    private static final Policy.Calendar EVERY_DAY = new Policy.Calendar(EnumSet.allOf(DayOfWeek.class), false, null, null);

    private final Definition definition;
    private final Calendars calendars;
    private final Map<String, OriginClock> origins = new HashMap<>();

    /**
     * The calendars that a model counts open days on.
     *
     * @param services delivery days by service; a service that is not here has those of {@code otherwise}
     * @param origins cut-offs and working days by origin; of one that is not here, preparing starts at once
     */
    public record Definition(Map<String, Policy.Calendar> services, Policy.Calendar otherwise, Map<String, Policy.Origin> origins) {
        public Definition {
            services = Map.copyOf(services);
            origins = Map.copyOf(origins);
        }

        /** The same with a policy's services and origins in the place of those of the same names. */
        public Definition with(Policy policy) {
            Map<String, Policy.Calendar> newServices = new HashMap<>(services);
            policy.services().forEach((name, service) -> newServices.put(name, service.delivers()));
            Map<String, Policy.Origin> newOrigins = new HashMap<>(origins);
            newOrigins.putAll(policy.origins());
            return new Definition(newServices, otherwise, newOrigins);
        }
    }

    public Clocks(Definition definition, Places places, Calendars calendars) {
        this.definition = definition;
        this.calendars = calendars;
        definition.origins().forEach((name, origin) -> origins.put(name,
                OriginClock.of(origin, places.find(origin.country(), origin.postalCode()).zone(), calendars)));
    }

    /** The days on which a lane's service delivers. */
    public OpenDays delivers(OrderFacts.Lane lane) {
        Policy.Calendar calendar = lane.service() == null ? null : definition.services().get(lane.service());
        String country = lane.destinationCountry() == null ? "" : lane.destinationCountry();
        return calendars.openDays(calendar == null ? definition.otherwise() : calendar, country);
    }

    /** The days on which a lane's origin prepares; all days where it has no calendar. */
    public OpenDays prepares(OrderFacts.Lane lane) {
        OriginClock origin = origin(lane);
        return origin == null ? calendars.openDays(EVERY_DAY, "") : origin.prepares();
    }

    /**
     * The epoch day on which preparing can start; of an origin that has no calendar, the order's own.
     *
     * @param zone where days are counted of an origin that has no calendar
     */
    public long preparationDay(OrderFacts.Lane lane, Instant ordered, ZoneId zone) {
        OriginClock origin = origin(lane);
        return origin == null ? ordered.atZone(zone).toLocalDate().toEpochDay() : origin.preparationDay(ordered, lane.service());
    }

    /** Minutes from the order to the cut-off that it can still meet, NaN where the origin has none. */
    public double minutesToCutoff(OrderFacts.Lane lane, Instant ordered, long preparationDay) {
        OriginClock origin = origin(lane);
        return origin == null ? Double.NaN : Duration.between(ordered, origin.cutoffOn(preparationDay, lane.service())).toMinutes();
    }

    private @Nullable OriginClock origin(OrderFacts.Lane lane) {
        return lane.originId() == null ? null : origins.get(lane.originId());
    }
}
