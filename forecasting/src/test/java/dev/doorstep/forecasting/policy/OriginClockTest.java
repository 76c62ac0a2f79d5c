package dev.doorstep.forecasting.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.calendar.OpenDays;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginClockTest {
    private static final OriginClock EARLY = new OriginClock(LocalTime.of(1, 30), Map.of(),
            new OpenDays(EnumSet.allOf(DayOfWeek.class), _ -> false, Set.of(), Set.of(), 2026, 2026), ZoneId.of("America/Chicago"));

    /** On 1 November 2026 half past one comes twice in Chicago, at 06:30 and at 07:30 UTC; on 8 March there is no half past two. */
    @ParameterizedTest
    @CsvSource({"2026-11-01T06:29:59Z,2026-11-01", "2026-11-01T06:30:00Z,2026-11-02", "2026-11-01T07:29:00Z,2026-11-02",
            "2026-03-08T07:29:59Z,2026-03-08", "2026-03-08T07:30:00Z,2026-03-09"})
    void cutoff_whereClocksChange_isNeverBehindAnOrderThatKeepsIt(Instant ordered, LocalDate prepared) {
        long day = EARLY.preparationDay(ordered, null);
        assertThat(LocalDate.ofEpochDay(day)).isEqualTo(prepared);
        assertThat(EARLY.cutoffOn(day, null)).isAfter(ordered);
    }
}
