package dev.doorstep.forecasting.policy;

import dev.doorstep.commonmodel.calendar.OpenDays;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A policy's calendars as open days, each made once for each country. Thread-safe. */
public final class Calendars {
    /** Beyond this span only weekdays are known: nobody has announced holidays for it. */
    private static final int FIRST_YEAR = 2000;
    private static final int LAST_YEAR = 2040;

    private final Map<String, Set<LocalDate>> holidays = new ConcurrentHashMap<>();
    private final Map<Key, OpenDays> openDays = new ConcurrentHashMap<>();

    private record Key(Policy.Calendar calendar, String country) {}

    /** The open days of a calendar in a country. */
    public OpenDays openDays(Policy.Calendar calendar, String country) {
        // A plain get first: it neither locks nor allocates a lambda once the calendar is there.
        Key key = new Key(calendar, country);
        OpenDays known = openDays.get(key);
        return known != null ? known : openDays.computeIfAbsent(key, _ -> make(calendar, country));
    }

    /** Whether the day (epoch day) would be open in the country if it were no public holiday. */
    public boolean isClosedForHoliday(Policy.Calendar calendar, String country, long epochDay) {
        LocalDate day = LocalDate.ofEpochDay(epochDay);
        return calendar.holidays() && holidays(country).contains(day) && calendar.weekdays().contains(day.getDayOfWeek())
                && !openDays(calendar, country).isOpen(epochDay);
    }

    private OpenDays make(Policy.Calendar calendar, String country) {
        Set<LocalDate> closed = calendar.closed() == null ? Set.of() : calendar.closed();
        Set<LocalDate> open = calendar.open() == null ? Set.of() : calendar.open();
        Set<LocalDate> closedHolidays = calendar.holidays() ? holidays(country) : Set.of();
        return new OpenDays(calendar.weekdays(), closedHolidays::contains, closed, open, FIRST_YEAR, LAST_YEAR);
    }

    private Set<LocalDate> holidays(String country) {
        return holidays.computeIfAbsent(country, code -> PublicHolidays.of(code, FIRST_YEAR, LAST_YEAR));
    }
}
