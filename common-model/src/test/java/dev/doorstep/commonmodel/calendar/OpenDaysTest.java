package dev.doorstep.commonmodel.calendar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OpenDaysTest {
    private static final LocalDate THANKSGIVING = LocalDate.of(2024, 11, 28);
    private final OpenDays days = new OpenDays(EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY), THANKSGIVING::equals,
            Set.of(LocalDate.of(2024, 11, 29), LocalDate.of(2024, 12, 7)), Set.of(LocalDate.of(2024, 12, 7)), 2024, 2025);

    @Test
    void isOpen_weekendHolidayAndClosedDays_areNot() {
        assertThat(open("2024-11-27")).isTrue();
        assertThat(open("2024-11-28")).isFalse();
        assertThat(open("2024-11-29")).isFalse();
        assertThat(open("2024-11-30")).isFalse();
        assertThat(open("2024-12-07")).isTrue();
        assertThat(open("2031-11-30")).isTrue();
    }

    @Test
    void plus_countsOpenDaysOnly() {
        assertThat(plus("2024-11-27", 0)).isEqualTo("2024-11-27");
        assertThat(plus("2024-11-27", 1)).isEqualTo("2024-12-02");
        assertThat(plus("2024-11-30", 0)).isEqualTo("2024-12-02");
        assertThat(plus("2024-11-30", 2)).isEqualTo("2024-12-04");
    }

    @Test
    void constructor_noOpenWeekday_isRefused() {
        assertThatThrownBy(() -> new OpenDays(Set.of(), _ -> false, Set.of(), Set.of(), 2024, 2025)).hasMessageContaining("weekdays");
    }

    private boolean open(String day) {
        return days.isOpen(LocalDate.parse(day).toEpochDay());
    }

    private String plus(String day, int count) {
        return LocalDate.ofEpochDay(days.plus(LocalDate.parse(day).toEpochDay(), count)).toString();
    }
}
