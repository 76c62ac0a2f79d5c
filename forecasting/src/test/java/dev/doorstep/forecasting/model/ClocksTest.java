package dev.doorstep.forecasting.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.Policy;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClocksTest {
    private static final Places PLACES = Places.load();
    private static final Policy.Calendar DAILY = new Policy.Calendar(EnumSet.allOf(DayOfWeek.class), false, null, null);

    @Test
    void preparationDay_goesByTheCutoffOfTheLanesService() {
        Policy.Origin chicago = new Policy.Origin("US", "60638", LocalTime.NOON, Map.of("air", LocalTime.of(18, 0)), DAILY, DAILY);
        Clocks clocks = new Clocks(new Clocks.Definition(Map.of(), DAILY, Map.of("main", chicago)), PLACES, new Calendars());
        // 20 November 2024, half past two in Chicago.
        Instant ordered = Instant.parse("2024-11-20T20:30:00Z");
        long today = LocalDate.of(2024, 11, 20).toEpochDay();
        assertThat(clocks.preparationDay(lane("ground"), ordered, ZoneOffset.UTC)).isEqualTo(today + 1);
        assertThat(clocks.preparationDay(lane("air"), ordered, ZoneOffset.UTC)).isEqualTo(today);
        assertThat(clocks.minutesToCutoff(lane("air"), ordered, today)).isEqualTo(210);
    }

    private static OrderFacts.Lane lane(String service) {
        return new Lanes(PLACES).between("main", PLACES.find("US", "60638"), PLACES.find("US", "10001"), "10001", "c", service);
    }
}
