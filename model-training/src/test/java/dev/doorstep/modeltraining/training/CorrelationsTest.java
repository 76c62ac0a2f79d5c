package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.promise.Gaussian;
import dev.doorstep.modeltraining.orders.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CorrelationsTest {
    @Test
    void learned_originsThatShareTheirDays_findsHowMuch() {
        Map<String, Double> learned = learned(0.4, "east", "west");
        assertThat(learned.get(Calibration.pair("west", "east"))).isCloseTo(0.4, within(0.05));
        assertThat(learned.get(Calibration.ANY_PAIR)).isCloseTo(0.4, within(0.05));
    }

    @Test
    void learned_independentOrigins_findsNone() {
        assertThat(learned(0, "east", "west").get(Calibration.ANY_PAIR)).isLessThan(0.05);
    }

    @Test
    void learned_oneOrigin_isEmpty() {
        assertThat(learned(0.4, "east", "east")).isEmpty();
    }

    /** Learns of days on which two origins each send one parcel to one region. */
    private static Map<String, Double> learned(double correlation, String one, String other) {
        List<Calibrator.Outcome> outcomes = new ArrayList<>();
        Random random = new Random(5);
        for (int day = 0; day < 4_000; day++) {
            double shared = Math.sqrt(correlation) * random.nextGaussian();
            for (String origin : new String[]{one, other}) {
                double u = Gaussian.cumulative(shared + Math.sqrt(1 - correlation) * random.nextGaussian());
                outcomes.add(new Calibrator.Outcome("lane", "region", origin, day, new Arrival(u, u), 1));
            }
        }
        return Correlations.of(outcomes);
    }
}
