package dev.doorstep.modeltraining.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.Given;
import dev.doorstep.modeltraining.orders.Order;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every figure worked out by hand, for a forecast of 0.2, 0.4, 0.3 and 0.1 on four days. */
class ScoreTest {
    private static final Support FOUR_DAYS = new Support(new int[]{0, 1, 2, 3}, 4, new double[]{1, 1, 1, 1});
    private static final double[] FORECAST = {0.2, 0.6, 0.9, 1};
    private static final double[] ALL_DAY = {0, 1};

    @Test
    void metrics_arrivedOnTheLikeliestDay() {
        Score score = new Score();
        // Ordered on a Monday noon, arrived a day and a quarter later: on Tuesday at 18:00.
        score.add(FORECAST, outcome(1.25), null, null);
        Metrics metrics = score.metrics();
        // Of Tuesday's mass from 0.2 to 0.6, three quarters lie below 0.5.
        assertThat(metrics.coverage().get("0.5")).isCloseTo(0.75, within(1e-12));
        assertThat(metrics.coverage().get("0.8")).isEqualTo(1);
        // (0.2 − 0)² + (0.6 − 1)² + (0.9 − 1)² + 0
        assertThat(metrics.rps()).isCloseTo(0.04 + 0.16 + 0.01, within(1e-12));
        // The median is three quarters into Tuesday, at 18:00: no loss. Nine tenths are the end of Wednesday, 1.25 days later: a tenth of it.
        assertThat(metrics.pinball().get("0.5")).isCloseTo(0, within(1e-9));
        assertThat(metrics.pinball().get("0.9")).isCloseTo(0.125, within(1e-9));
        assertThat(metrics.lateRate()).isZero();
        assertThat(metrics.averagePromisedDays()).isEqualTo(2);
        assertThat(metrics.exactHit()).isEqualTo(1);
        assertThat(metrics.withinOneDay()).isEqualTo(1);
        assertThat(metrics.early()).isZero();
    }

    @Test
    void metrics_arrivedAfterThePromise_isLate() {
        Score score = new Score();
        score.add(FORECAST, outcome(3.1), null, null);
        Metrics metrics = score.metrics();
        assertThat(metrics.lateRate()).isEqualTo(1);
        assertThat(metrics.coverage().get("0.9")).isZero();
        assertThat(metrics.coverage().get("0.95")).isCloseTo(0.5, within(1e-12));
        assertThat(metrics.rps()).isCloseTo(0.04 + 0.36 + 0.81, within(1e-12));
        assertThat(metrics.withinOneDay()).isZero();
        // At 3.1 days it is 1.6 days after the end of Wednesday, which is 2.5 days after the order.
        assertThat(metrics.pinball().get("0.9")).isCloseTo(0.9 * 0.6, within(1e-9));
    }

    @Test
    void metrics_beyondTheForecast_countEveryDay() {
        Score score = new Score();
        score.add(FORECAST, outcome(5), null, null);
        // Two days after the last one, each a whole miss more.
        assertThat(score.metrics().rps()).isCloseTo(0.04 + 0.36 + 0.81 + 1 + 1, within(1e-12));
    }

    @Test
    void promise_beyondTheForecastsDays_isKeptOrLateByItsOwnDay() {
        Score score = new Score();
        // Promised for the sixth day, at its noon; the forecast knows four.
        score.addPromise(5, 5, FORECAST, outcome(4.25), null);
        Metrics metrics = score.metrics();
        assertThat(metrics.lateRate()).isZero();
        assertThat(metrics.averagePromisedDays()).isEqualTo(5);
        assertThat(metrics.rps()).isEqualTo(1);
        assertThat(metrics.coverage().get("0.9")).isEqualTo(1);
        assertThat(metrics.pinball().get("0.9")).isCloseTo(0.1 * 0.75, within(1e-12));
        assertThat(metrics.withinOneDay()).isEqualTo(1);
        score.addPromise(-1, -1, FORECAST, outcome(1.25), null);
        metrics = score.metrics();
        assertThat(metrics.lateRate()).isEqualTo(0.5);
        assertThat(metrics.averagePromisedDays()).isEqualTo(2);
        assertThat(metrics.rps()).isEqualTo(1.5);
        assertThat(metrics.coverage().get("0.9")).isEqualTo(0.5);
    }

    @Test
    void metrics_underTheTruth_areExpectations() {
        Score score = new Score();
        double[] truth = {0.5, 0.5, 1, 1};
        score.add(FORECAST, outcome(2), null, truth);
        // (0.3² + 0.1² + 0.1² + 0) and what the truth itself can't know: 0.25 + 0.25.
        assertThat(score.metrics().rpsByTruth()).isCloseTo(0.11 + 0.5, within(1e-12));
        // Half arrive on Monday, all below 0.5; half on Wednesday, from 0.6 to 0.9: none below 0.5, two thirds below 0.8.
        Map<String, Double> coverage = score.metrics().coverageByTruth();
        assertThat(coverage).containsEntry("0.5", 0.5);
        assertThat(java.util.Objects.requireNonNull(coverage).get("0.8")).isCloseTo(0.5 + 0.5 * 2 / 3, within(1e-12));
    }

    @Test
    void daysAtLateRate_betweenTwoConfidences_isAMixtureOfThem() {
        Score score = new Score();
        score.add(FORECAST, outcome(0.1), null, null);
        score.add(FORECAST, outcome(1.1), null, null);
        score.add(FORECAST, outcome(2.1), null, null);
        score.add(FORECAST, outcome(3.1), null, null);
        // Promising Tuesday is late for half of them, Wednesday for a quarter.
        assertThat(score.daysAtLateRate(0.5)).isCloseTo(1, within(1e-9));
        assertThat(score.daysAtLateRate(0.25)).isCloseTo(2, within(1e-9));
        assertThat(score.daysAtLateRate(0.375)).isCloseTo(1.5, within(1e-9));
        // One that comes after all days of its forecast is late at any confidence.
        score.add(FORECAST, outcome(9), null, null);
        assertThat(score.daysAtLateRate(0)).isNaN();
    }

    private static Outcome outcome(double arrivedAfterDays) {
        return new Outcome(Given.order(arrivedAfterDays, Order.END_OF_FILE, false), Given.ENCODER, FOUR_DAYS, ALL_DAY);
    }
}
