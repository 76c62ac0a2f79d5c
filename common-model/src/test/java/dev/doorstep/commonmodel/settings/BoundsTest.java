package dev.doorstep.commonmodel.settings;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BoundsTest {
    @Test
    void require_atTheBounds_isFine() {
        assertThatCode(() -> {
            Bounds.require("doorstep.n", 1, 1, 3);
            Bounds.require("doorstep.n", 3, 1, 3);
        }).doesNotThrowAnyException();
    }

    @Test
    void require_beyondABound_namesKeyBoundsAndValue() {
        assertThatThrownBy(() -> Bounds.require("doorstep.n", 0, 1, 3)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("doorstep.n must lie between 1 and 3: 0");
        assertThatThrownBy(() -> Bounds.require("doorstep.wait", Duration.ofMinutes(2), Duration.ofSeconds(1), Duration.ofMinutes(1)))
                .hasMessage("doorstep.wait must lie between PT1S and PT1M: PT2M");
    }
}
