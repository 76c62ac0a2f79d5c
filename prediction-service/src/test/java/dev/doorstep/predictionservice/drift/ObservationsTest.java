package dev.doorstep.predictionservice.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.PinballLoss;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ObservationsTest {
    @Test
    void expectedLoss_isWhatTheDefinitionSays() {
        Random random = new Random(5);
        for (int run = 0; run < 200; run++) {
            double[] shares = random.doubles(1 + random.nextInt(40)).map(u -> u < 0.3 ? 0 : u).toArray();
            shares[random.nextInt(shares.length)] += 0.1;
            double all = Arrays.stream(shares).sum();
            DayDistribution delivery = new DayDistribution(20_000 + run, Arrays.stream(shares).map(share -> share / all).toArray());
            double sum = 0;
            for (double level : PredictionServed.LEVELS) {
                for (long day = delivery.firstDay(); day <= delivery.lastDay(); day++) {
                    sum += delivery.probability(day) * PinballLoss.of(level, (double) day - delivery.quantile(level));
                }
            }
            assertThat(Observations.expectedLoss(delivery)).isCloseTo(sum / PredictionServed.LEVELS.size(), within(1e-9));
        }
    }
}
