package dev.doorstep.modeltraining.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeReaderTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", value = {"2024-03-04T12:30:15Z|2024-03-04T12:30:15Z",
            "2024-03-04T12:30:15+02:00|2024-03-04T10:30:15Z", "2024-03-04 12:30:15|2024-03-04T11:30:15Z",
            "2024-07-04 12:30|2024-07-04T10:30:00Z", "2024-03-04 12:30:15.250|2024-03-04T11:30:15.250Z", "2024-03-04|2024-03-03T23:00:00Z",
            // The night in which the clocks go forward has no half past two.
            "2024-03-31 02:30:00|2024-03-31T01:30:00Z", "soon|null", "2024-13-01|null", "1899-01-01|null", "9999-01-01|null", "''|null"})
    void read_withoutFormats_takesIsoForms(String text, @Nullable String expected) {
        assertThat(new TimeReader(List.of(), BERLIN).read(text)).isEqualTo(expected == null ? null : Instant.parse(expected));
    }

    @ParameterizedTest
    @CsvSource({"02-Jun-06, 2006-06-01T22:00:00Z", "02-JUN-06, 2006-06-01T22:00:00Z", "6/2/06, 2006-06-01T22:00:00Z",
            "6/2/2006, 2006-06-01T22:00:00Z"})
    void read_formatsInTurn_theFirstThatTakesItWins(String text, String expected) {
        assertThat(new TimeReader(List.of("dd-MMM-yy", "M/d/yy", "M/d/yyyy"), BERLIN).read(text)).isEqualTo(Instant.parse(expected));
    }
}
