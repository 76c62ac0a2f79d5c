package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.forecasting.model.Support;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SupportsTest {
    @Test
    void of_fewDays_hasABinForEach() {
        Support support = Supports.of(IntStream.range(0, 1_000).map(i -> 1 + i % 8).toArray());
        assertThat(support.first()).isEqualTo(1);
        assertThat(support.bins()).isEqualTo(support.days());
        // Room for orders that take longer than any has.
        assertThat(support.end()).isEqualTo(13);
        assertThat(support.shares()).containsOnly(1);
        assertThat(support.daily()).isTrue();
    }

    @Test
    void of_longTail_hasSingleDaysAndThenWiderBins() {
        Support support = Supports.of(IntStream.range(0, 10_000).map(i -> i % 500 == 0 ? 34 + i / 200 : i % 20).toArray());
        assertThat(support.daily()).isTrue();
        assertThat(support.bins()).isLessThanOrEqualTo(40);
        // One in two thousand is left out: of the twenty that take longest, the fifteenth takes 69 days.
        assertThat(support.endOf(support.bins() - 1)).isEqualTo(support.end()).isEqualTo(70);
        assertThat(support.binOf(7)).isEqualTo(7);
    }

    @Test
    void of_wideAndNegative_hasAtMostFortyBinsAndTheHeavyDayAlone() {
        Random random = new Random(3);
        Support support = Supports.of(IntStream.range(0, 8_000).map(i -> i % 2 == 0 ? 0 : (int) (random.nextGaussian() * 80)).toArray());
        assertThat(support.bins()).isBetween(20, 40);
        assertThat(support.first()).isNegative();
        int zero = support.binOf(0);
        assertThat(support.starts()[zero]).isZero();
        assertThat(support.endOf(zero)).isEqualTo(1);
        assertThat(support.daily()).isFalse();
    }
}
