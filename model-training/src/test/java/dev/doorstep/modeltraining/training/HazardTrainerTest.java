package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.forecasting.bundle.Anchor;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.Given;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is learned of an order as far as it was known: a row for each day on which it could have arrived. */
class HazardTrainerTest {
    private static final Support DAYS_0_TO_5 = new Support(new int[]{0, 1, 2, 3, 4, 5}, 6, new double[]{1, 1, 1, 1, 1, 1});
    private static final ModelSchema DAY_ALONE = new ModelSchema(
            new FeatureSchema("1", List.of(new FeatureDefinition("day", FeatureType.NUMBER, "day", ""))), Map.of());
    private final HazardTrainer trainer = new HazardTrainer(DAY_ALONE, new ModelSettings(ZoneOffset.UTC, Anchor.ORDERED_AT, 60, -9,
            DAYS_0_TO_5, Given.EVERY_DAY, new double[]{0, 1}), 1, 1);

    @Test
    void data_delivered_endsWithTheDayOfArrival() {
        assertRows(Given.order(3.1, Order.END_OF_FILE, false), Given.after(20), new double[]{0, 1, 2, 3}, 0, 0, 0, 1);
    }

    @Test
    void data_deliveredLater_isCensoredWhereItWasKnown() {
        // Known at noon of the second day after: of that day nobody saw the end.
        assertRows(Given.order(3.1, Order.END_OF_FILE, false), Given.after(2), new double[]{0, 1}, 0, 0);
    }

    @Test
    void data_open_isCensoredWhereItWasWatched() {
        assertRows(Given.order(null, Given.after(4), false), Given.after(20), new double[]{0, 1, 2, 3}, 0, 0, 0, 0);
        assertRows(Given.order(null, Order.END_OF_FILE, false), Given.after(1), new double[]{0}, 0);
    }

    @Test
    void data_cancelledAtOnce_teachesNothing() {
        assertRows(Given.order(null, Given.after(0.1), false), Given.after(20), new double[0]);
    }

    @Test
    void data_lost_neverArrives() {
        // The last day takes what is left, so nothing is learned there.
        assertRows(Given.order(null, Given.after(1), true), Given.after(20), new double[]{0, 1, 2, 3, 4}, 0, 0, 0, 0, 0);
        // After two days nobody knew more than that it had not come yet.
        assertRows(Given.order(null, Given.after(1), true), Given.after(2), new double[]{0, 1}, 0, 0);
    }

    @Test
    void data_weights_halveWithAge() {
        Booster.Data data = trainer.data(List.of(Given.order(0.1, Order.END_OF_FILE, false)), new double[1][1], Given.after(20), 10);
        assertThat(data.weights()).containsExactly(0.25f);
    }

    private void assertRows(Prepared order, Instant known, double[] days, float... labels) {
        Booster.Data data = trainer.data(List.of(order), new double[1][1], known, Double.POSITIVE_INFINITY);
        assertThat(data.values()).containsExactly(days);
        assertThat(data.labels()).containsExactly(labels);
        assertThat(data.weights()).isNull();
    }
}
