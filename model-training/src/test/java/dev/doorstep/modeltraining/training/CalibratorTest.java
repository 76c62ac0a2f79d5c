package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.modeltraining.orders.Arrival;
import org.junit.jupiter.api.Test;

class CalibratorTest {
    @Test
    void calibration_uniformOutcomes_changeNothing() {
        Calibration calibration = learned(400, 1, 300);
        for (double probability = 0; probability <= 1; probability += 0.1) {
            assertThat(Calibration.worth(calibration.of("lane", "region"), probability)).isCloseTo(probability, within(0.01));
        }
    }

    @Test
    void calibration_outcomesThatCameEarly_raisesProbabilities() {
        // All came where the forecast said 0 to 0.5: its median was as sure as certainty.
        Calibration calibration = learned(4_000, 0.5, 300);
        double worth = Calibration.worth(calibration.all(), 0.5);
        // Some forty weeks against twenty-six, all of a year or less: more than half of the way from 0.5 to 1 is not believed.
        assertThat(worth).isBetween(0.6, 0.85);
        assertThat(Calibration.worth(calibration.all(), 0.25)).isBetween(0.3, 0.45);
    }

    @Test
    void calibration_fewWeeks_isBelievedLess() {
        double many = Calibration.worth(learned(2_000, 0.5, 300).all(), 0.5);
        double few = Calibration.worth(learned(2_000, 0.5, 21).all(), 0.5);
        assertThat(few).isLessThan(many).isGreaterThan(0.5);
    }

    @Test
    void calibration_laneThatDiffers_isShrunkTowardsItsRegion() {
        Calibrator calibrator = new Calibrator();
        for (int i = 0; i < 3_000; i++) {
            double u = (i * 7919L % 3_000 + 0.5) / 3_000;
            calibrator.add(new Calibrator.Outcome("usual", "region", "origin", i / 10, new Arrival(u, u), 1));
        }
        for (int i = 0; i < 100; i++) {
            calibrator.add(new Calibrator.Outcome("early", "region", "origin", 3L * i, new Arrival(0.2, 0.2), 1));
        }
        Calibration calibration = calibrator.calibration(300);
        double lane = Calibration.worth(calibration.of("early", "region"), 0.5);
        double region = Calibration.worth(calibration.of("never seen", "region"), 0.5);
        assertThat(lane).isGreaterThan(region).isLessThan(0.75);
        assertThat(calibration.of("never seen", "nowhere")).isSameAs(calibration.all());
        assertThat(calibration.counts()).containsEntry("early", 100).containsEntry("region", 3_100).containsEntry("all", 3_100);
    }

    /** Outcomes that fall evenly between 0 and a probability, spread over some days. */
    private static Calibration learned(int count, double highest, int days) {
        Calibrator calibrator = new Calibrator();
        for (int i = 0; i < count; i++) {
            // A stride that visits all of them, so that every stretch of time has all probabilities.
            double u = highest * (i * 7919L % count + 0.5) / count;
            calibrator.add(new Calibrator.Outcome("lane", "region", "origin", (long) i * days / count, new Arrival(u, u), 1));
        }
        return calibrator.calibration(days);
    }
}
