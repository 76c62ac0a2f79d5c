package dev.doorstep.forecasting.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.DayDistribution;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JointArrivalTest {
    private static final DayDistribution SOON = new DayDistribution(10, 0.5, 0.4, 0.1);
    private static final DayDistribution LATER = new DayDistribution(11, 0.2, 0.6, 0.2);

    @ParameterizedTest
    @CsvSource({"0, 0.5", "1, 0.8413447460685429", "-1.959963984540054, 0.025", "3, 0.9986501019683699", "-5, 2.866515718791939E-7"})
    void gaussian_knownValues(double x, double probability) {
        assertThat(Gaussian.cumulative(x)).isCloseTo(probability, within(1e-14));
        assertThat(Gaussian.quantile(probability)).isCloseTo(x, within(1e-7));
    }

    @ParameterizedTest
    @CsvSource({"0", "0.3", "0.5", "0.8", "0.95"})
    void joint_twoEvenChances_isSheppardsFormula(double correlation) {
        // Both of two standard normals of that correlation are below 0 with 1/4 + asin(r) / 2π (Sheppard 1899).
        assertThat(JointArrival.joint(new double[]{0.5, 0.5}, correlation))
                .isCloseTo(0.25 + Math.asin(correlation) / (2 * Math.PI), within(1e-6));
    }

    @Test
    void of_independent_multiplies() {
        DayDistribution last = JointArrival.of(List.of(SOON, LATER), 0);
        assertThat(last.firstDay()).isEqualTo(11);
        assertThat(last.cumulative(11)).isCloseTo(0.9 * 0.2, within(1e-12));
        assertThat(last.cumulative(12)).isCloseTo(0.8, within(1e-12));
        assertThat(last.cumulative(13)).isEqualTo(1);
    }

    @Test
    void of_anyCorrelation_staysWithinTheFrechetBoundsAndRisesWithIt() {
        double before = 0;
        for (double correlation : new double[]{0, 0.2, 0.6, 0.99}) {
            DayDistribution last = JointArrival.of(List.of(SOON, LATER), correlation);
            assertThat(last.cumulative(11)).isBetween(0.1, 0.2).isGreaterThan(before);
            before = last.cumulative(11);
        }
    }

    @Test
    void of_oneParcel_isItself() {
        assertThat(JointArrival.of(List.of(SOON), 0.5)).isSameAs(SOON);
    }

    @Test
    void of_correlationThatIsNone_isRefused() {
        assertThatThrownBy(() -> JointArrival.of(List.of(SOON, LATER), 1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.0");
    }
}
