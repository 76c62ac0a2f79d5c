package dev.doorstep.forecasting.policy;

import dev.doorstep.commonmodel.calendar.OpenDays;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When preparing starts at an origin.
 *
 * @param cutoff local time up to which an order is prepared on its own day
 * @param cutoffs those of services that have their own
 * @param prepares days on which products are prepared
 * @param zone of the origin
 */
public record OriginClock(LocalTime cutoff, Map<String, LocalTime> cutoffs, OpenDays prepares, ZoneId zone) {
    /** The clock of an origin that lies in a zone. */
    public static OriginClock of(Policy.Origin origin, ZoneId zone, Calendars calendars) {
        return new OriginClock(origin.cutoff(), Objects.requireNonNullElse(origin.cutoffs(), Map.of()),
                calendars.openDays(origin.prepares(), origin.country()), zone);
    }

    /** The epoch day on which preparing of an order starts: its own up to the cut-off of an open day, else the next open one. */
    public long preparationDay(Instant ordered, @Nullable String service) {
        long today = dayOf(ordered);
        // By instants: where clocks go back, the cut-off's time comes twice, and the first is meant.
        return prepares.isOpen(today) && ordered.isBefore(cutoffOn(today, service)) ? today : prepares.onOrAfter(today + 1);
    }

    /** The epoch day of an instant at the origin. */
    public long dayOf(Instant instant) {
        return instant.atZone(zone).toLocalDate().toEpochDay();
    }

    /** The instant up to which an order is prepared on a day. */
    public Instant cutoffOn(long epochDay, @Nullable String service) {
        return LocalDate.ofEpochDay(epochDay).atTime(cutoff(service)).atZone(zone).toInstant();
    }

    private LocalTime cutoff(@Nullable String service) {
        return service == null ? cutoff : cutoffs.getOrDefault(service, cutoff);
    }
}
