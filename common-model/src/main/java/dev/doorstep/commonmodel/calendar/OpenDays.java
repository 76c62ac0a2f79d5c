package dev.doorstep.commonmodel.calendar;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * On which days a merchant prepares, a carrier collects or a carrier delivers. Days are epoch days ({@link LocalDate#toEpochDay()}).
 * Immutable and thread-safe; a lookup costs no more than an array access within the span of years it was made for.
 */
public final class OpenDays {
    private final long firstDay;
    private final boolean[] open;

    /**
     * Creates a calendar.
     *
     * @param weekdays days of the week that are open; at least one
     * @param holiday days that are closed although their weekday is open
     * @param closed further closed days
     * @param extra open days that win over all of the above
     * @param firstYear first year of the span
     * @param lastYear last year of the span; outside of it only weekdays are known
     */
    public OpenDays(Set<DayOfWeek> weekdays, Predicate<LocalDate> holiday, Set<LocalDate> closed, Set<LocalDate> extra, int firstYear,
            int lastYear) {
        if (weekdays.isEmpty()) {
            throw new IllegalArgumentException("weekdays: a calendar needs at least one open day a week");
        }
        LocalDate from = LocalDate.of(firstYear, 1, 1);
        LocalDate to = LocalDate.of(lastYear + 1, 1, 1);
        Set<LocalDate> closedDays = new HashSet<>(closed);
        closedDays.removeAll(extra);
        this.firstDay = from.toEpochDay();
        this.open = new boolean[(int) (to.toEpochDay() - firstDay)];
        for (int i = 0; i < open.length; i++) {
            LocalDate day = from.plusDays(i);
            open[i] = extra.contains(day)
                    || (weekdays.contains(day.getDayOfWeek()) && !closedDays.contains(day) && !holiday.test(day));
        }
    }

    /** Whether the day is open. A day outside the calendar's span is open. */
    public boolean isOpen(long epochDay) {
        long index = epochDay - firstDay;
        return index < 0 || index >= open.length || open[(int) index];
    }

    /** The first open day that is not before the given one. */
    public long onOrAfter(long epochDay) {
        long day = epochDay;
        while (!isOpen(day)) {
            day++;
        }
        return day;
    }

    /** The open day that comes {@code count} open days after the given day; for 0 the first open day on or after it. */
    public long plus(long epochDay, int count) {
        return after(onOrAfter(epochDay), count);
    }

    /** The {@code count}-th open day strictly after the given day, which may itself be closed; for 0 the day itself. */
    public long after(long epochDay, int count) {
        long day = epochDay;
        for (int i = 0; i < count; i++) {
            day = onOrAfter(day + 1);
        }
        return day;
    }
}
