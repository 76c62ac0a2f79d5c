package dev.doorstep.forecasting.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftReferenceTest {
    @ParameterizedTest
    @CsvSource({"2026-01-01,thursday/dec-feb", "2026-02-28,saturday/dec-feb", "2026-03-01,sunday/mar-may", "2026-05-31,sunday/mar-may",
            "2026-06-01,monday/jun-aug", "2026-08-31,monday/jun-aug", "2026-09-01,tuesday/sep-nov", "2026-11-30,monday/sep-nov",
            "2026-12-01,tuesday/dec-feb"})
    void weekdayAndSeason_areOfTheDay(LocalDate day, String name) {
        assertThat(DriftReference.weekdayAndSeason(day)).isEqualTo(name);
    }

    @Test
    void day_isHeldAgainstItsOwnKind_elseAgainstAll() {
        DriftReference mondays = new DriftReference(Map.of(), Map.of(), Map.of("distance_km", 0.5), null, null);
        DriftReference all = new DriftReference(Map.of(), Map.of(), Map.of("distance_km", 0.1), 9_000L, Map.of("monday/sep-nov", mondays));
        assertThat(all.of("distance_km", LocalDate.of(2026, 11, 30))).isSameAs(mondays);
        assertThat(all.of("sku", LocalDate.of(2026, 11, 30))).as("those mondays say nothing of it").isSameAs(all);
        assertThat(all.of("distance_km", LocalDate.of(2026, 12, 7))).as("a Monday of another season").isSameAs(all);
        assertThat(mondays.of("distance_km", LocalDate.of(2026, 11, 30))).isSameAs(mondays);
    }
}
