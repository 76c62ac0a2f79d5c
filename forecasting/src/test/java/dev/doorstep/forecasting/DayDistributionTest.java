package dev.doorstep.forecasting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.promise.DatePromise;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class DayDistributionTest {
    private final DayDistribution distribution = new DayDistribution(100, 0, 0.1, 0, 0.5, 0.4, 0);

    @Test
    void cumulative_coversEveryDay() {
        assertThat(distribution.firstDay()).isEqualTo(101);
        assertThat(distribution.lastDay()).isEqualTo(104);
        assertThat(distribution.cumulative(100)).isZero();
        assertThat(distribution.cumulative(102)).isCloseTo(0.1, within(1e-12));
        assertThat(distribution.cumulative(103)).isCloseTo(0.6, within(1e-12));
        assertThat(distribution.cumulative(999)).isEqualTo(1);
        assertThat(distribution.probability(102)).isZero();
        assertThat(distribution.mode()).isEqualTo(103);
    }

    @Test
    void quantile_isTheFirstDayThatHoldsIt() {
        assertThat(distribution.quantile(0.05)).isEqualTo(101);
        assertThat(distribution.quantile(0.1)).isEqualTo(101);
        assertThat(distribution.quantile(0.11)).isEqualTo(103);
        assertThat(distribution.quantile(0.6)).isEqualTo(103);
        assertThat(distribution.quantile(0.999)).isEqualTo(104);
        assertThat(distribution.quantile(0)).isEqualTo(101);
    }

    @Test
    void constructor_notADistribution_isRefused() {
        assertThatThrownBy(() -> new DayDistribution(0, 0.5, 0.4)).hasMessageContaining("0.9");
        assertThatThrownBy(() -> new DayDistribution(0, 1.5, -0.5)).hasMessageContaining("-0.5");
        assertThatThrownBy(() -> new DayDistribution(0, Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void promise_holdsItsConfidenceAndNeverOverstates() {
        DatePromise promise = DatePromise.of(distribution, 0.55);
        assertThat(promise.deliveryDate()).isEqualTo(LocalDate.ofEpochDay(103));
        assertThat(promise.probability()).isEqualTo(0.6);
        assertThat(DatePromise.of(distribution, 0.9).deliveryDate()).isEqualTo(LocalDate.ofEpochDay(104));
        assertThat(DatePromise.rounded(0.99999)).isEqualTo(0.9999);
        assertThatThrownBy(() -> DatePromise.of(distribution, 1)).hasMessageContaining("confidence");
    }

    @Test
    void window_holdsTheConfidenceAroundTheLikelyDay() {
        DatePromise promise = DatePromise.of(distribution, 0.8);
        assertThat(promise.window().earliestDate()).isEqualTo(LocalDate.ofEpochDay(101));
        assertThat(promise.window().likelyDate()).isEqualTo(LocalDate.ofEpochDay(103));
        assertThat(promise.window().latestDate()).isEqualTo(LocalDate.ofEpochDay(104));
        assertThat(promise.window().probability()).isEqualTo(1);
    }
}
