package dev.doorstep.commonmodel.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemporalFeaturesTest {
    @ParameterizedTest
    @ValueSource(longs = {1731880381293L, 1731880381828L, 1731880381871L, 1731880382054L, 1731880382156L, 1731880382165L, 1731880435035L,
            1731880435181L, 1731880435370L})
    void of_sampleRecord_isDay322Sunday21(long epochMillis) {
        assertThat(TemporalFeatures.of(epochMillis)).isEqualTo(new TemporalFeatures(322, 6, 21));
    }

    @ParameterizedTest
    @CsvSource({"1970-01-01T00:00:00Z,1,3,0", "2024-02-29T23:59:59.999Z,60,3,23", "2024-12-31T23:59:59.999Z,366,1,23",
            "2025-01-01T00:00:00Z,1,2,0", "2025-12-31T12:00:00Z,365,2,12", "2000-02-29T05:00:00Z,60,1,5", "2100-03-01T00:00:00Z,60,0,0"})
    void of_leapDaysAndYearEnds_areCountedInUtc(Instant instant, int dayOfYear, int dayOfWeek, int hourOfDay) {
        assertThat(TemporalFeatures.of(instant.toEpochMilli())).isEqualTo(new TemporalFeatures(dayOfYear, dayOfWeek, hourOfDay));
    }

    @Property
    void of_anyInstant_agreesWithJavaTime(@ForAll @LongRange(min = 0, max = 4102444800000L) long epochMillis) {
        ZonedDateTime utc = Instant.ofEpochMilli(epochMillis).atZone(ZoneOffset.UTC);
        assertThat(TemporalFeatures.of(epochMillis))
                .isEqualTo(new TemporalFeatures(utc.getDayOfYear(), utc.getDayOfWeek().getValue() - 1, utc.getHour()));
    }

    @Test
    void of_beforeTheEpoch_countsBackwards() {
        assertThat(TemporalFeatures.of(-1)).isEqualTo(new TemporalFeatures(365, 2, 23));
    }
}
