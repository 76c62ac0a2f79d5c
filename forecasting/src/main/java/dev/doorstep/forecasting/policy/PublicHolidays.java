package dev.doorstep.forecasting.policy;

import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import java.time.LocalDate;
import java.time.Year;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Public holidays of a country by the calendars of jollyday; a country that it does not know has none. */
final class PublicHolidays {
    private PublicHolidays() {}

    /** The national public holidays of a country (ISO 3166-1 alpha-2) from the first to the last year, both included. */
    static Set<LocalDate> of(String country, int firstYear, int lastYear) {
        Set<LocalDate> days = new HashSet<>();
        if (!HolidayManager.getSupportedCalendarCodes().contains(country)) {
            return days;
        }
        HolidayManager manager = HolidayManager.getInstance(ManagerParameters.create(country.toLowerCase(Locale.ROOT)));
        for (int year = firstYear; year <= lastYear; year++) {
            manager.getHolidays(Year.of(year)).stream().filter(holiday -> holiday.getType() == HolidayType.PUBLIC_HOLIDAY)
                    .forEach(holiday -> days.add(holiday.getDate()));
        }
        return days;
    }
}
