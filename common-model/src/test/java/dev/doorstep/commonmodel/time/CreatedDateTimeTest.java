package dev.doorstep.commonmodel.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CreatedDateTimeTest {
    private static final Instant NOW = Instant.parse("2024-11-17T22:00:00Z");

    @ParameterizedTest
    @CsvSource({"1731880381293,1731880381293", "' 1731880381293 ',1731880381293", "2024-11-17T21:53:01.293Z,1731880381293",
            "2024-11-17T22:53:01.293+01:00,1731880381293", "0,0", "-1,-1"})
    void epochMillis_acceptedForms_areRead(String text, long expected) {
        assertThat(CreatedDateTime.epochMillis("createdDateTime", text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "soon", "2024-11-17T21:53:01", "2024-11-17", "1.7e12", "1731880381293.0", "0x10", "17318803812 93"})
    void epochMillis_otherForms_areUnreadable(String text) {
        assertThatThrownBy(() -> CreatedDateTime.epochMillis("_source.createdDateTime", text))
                .asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.UNREADABLE_TIMESTAMP);
                    assertThat(e.field()).isEqualTo("_source.createdDateTime");
                    assertThat(e).hasMessageContaining(text);
                });
    }

    @Test
    void epochMillis_numberBeyond64Bits_isOutOfRange() {
        assertThatThrownBy(() -> CreatedDateTime.epochMillis("createdDateTime", "9".repeat(400)))
                .asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE);
                    assertThat(e.getMessage()).hasSizeLessThan(300);
                });
    }

    @Test
    void requireInRange_bothBounds_areIncluded() {
        assertThatCode(() -> CreatedDateTime.requireInRange("f", 0, NOW)).doesNotThrowAnyException();
        assertThatCode(() -> CreatedDateTime.requireInRange("f", 1731967200000L, NOW)).doesNotThrowAnyException();
        assertThatThrownBy(() -> CreatedDateTime.requireInRange("f", -1, NOW)).hasMessageContaining("-1");
        assertThatThrownBy(() -> CreatedDateTime.requireInRange("f", 1731967200001L, NOW)).hasMessageContaining("1731967200001");
    }
}
