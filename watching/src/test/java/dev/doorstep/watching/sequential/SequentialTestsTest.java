package dev.doorstep.watching.sequential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class SequentialTestsTest {
    private static final int RUNS = 400;
    /** 1/α for α = 0.05. */
    private static final double NEEDED = 20;

    @Test
    void ratio_ofOneWindow_isWhatItsFormulaGives() {
        // 100 trials each, 6 events against 1, tolerated 1. Share of the candidate at ratio r: r/(r+1); at the tolerated one 1/2.
        double expected = 0;
        for (double r : new double[]{1.2, 1.5, 2, 3, 5, 10, 30, 100, 1000}) {
            double share = r / (r + 1);
            expected += Math.pow(share / 0.5, 6) * Math.pow((1 - share) / 0.5, 1) / 9;
        }
        RatioTest test = RatioTest.of(1).with(100, 6, 100, 1);
        assertThat(test.evidence()).isCloseTo(expected, within(1e-9));
        assertThat(test.ratio()).isCloseTo(6.0, within(1e-9));
    }

    @Test
    void ratio_equalArms_rarelyFailHoweverOftenOneLooks() {
        int failed = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            RatioTest test = RatioTest.of(1);
            boolean crossed = false;
            for (int window = 0; window < 200; window++) {
                // A tenth of the traffic, one error in a hundred; looked at after each window.
                test = test.with(20, binomial(random, 20, 0.01), 180, binomial(random, 180, 0.01));
                crossed |= test.evidence() >= NEEDED;
            }
            failed += crossed ? 1 : 0;
        }
        assertThat(failed).isLessThanOrEqualTo((int) (0.05 * RUNS));
    }

    @Test
    void ratio_candidateThatFailsThreeTimesAsOften_isFound() {
        int found = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            RatioTest test = RatioTest.of(1.5);
            for (int window = 0; window < 200 && test.evidence() < NEEDED; window++) {
                test = test.with(50, binomial(random, 50, 0.06), 50, binomial(random, 50, 0.02));
            }
            found += test.evidence() >= NEEDED ? 1 : 0;
        }
        assertThat(found).isGreaterThan((int) (0.95 * RUNS));
    }

    @Test
    void ratio_toleratedRatio_passes() {
        RatioTest test = RatioTest.of(2);
        for (int window = 0; window < 1000; window++) {
            test = test.with(100, 4, 100, 2);
        }
        assertThat(test.evidence()).isLessThan(1);
        assertThatThrownBy(() -> RatioTest.of(1).with(1, 2, 1, 0)).hasMessageContaining("2 of 1");
    }

    @Test
    void bet_ofTwoDifferences_isWhatItsFormulaGives() {
        double expected = 0;
        for (double share : new double[]{0.05, 0.15, 0.3, 0.5, 0.8}) {
            expected += (1 + share) * (1 - share / 2) / 5;
        }
        BetTest test = BetTest.empty().with(1).with(-0.5);
        assertThat(test.evidence()).isCloseTo(expected, within(1e-9));
        assertThat(test.mean()).isCloseTo(0.25, within(1e-12));
        assertThat(test.highest()).isGreaterThan(test.evidence());
        assertThatThrownBy(() -> BetTest.empty().with(1.1)).hasMessageContaining("1.1");
        assertThatThrownBy(() -> BetTest.empty().with(Double.NaN)).hasMessageContaining("NaN");
    }

    @Test
    void bet_fairDifferences_rarelyFail_andThreeMoreInAHundredAreFound() {
        int failed = 0;
        int found = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            BetTest fair = BetTest.empty();
            BetTest worse = BetTest.empty();
            for (int i = 0; i < 1000; i++) {
                double u = random.nextDouble();
                fair = fair.with(u < 0.02 ? 1 : u < 0.04 ? -1 : 0);
                worse = worse.with(u < 0.04 ? 1 : u < 0.05 ? -1 : 0);
            }
            failed += fair.highest() >= NEEDED ? 1 : 0;
            found += worse.highest() >= NEEDED ? 1 : 0;
        }
        assertThat(failed).isLessThanOrEqualTo((int) (0.05 * RUNS));
        assertThat(found).isGreaterThan((int) (0.9 * RUNS));
    }

    @Test
    void mean_fromSums_rarelyFailsWhenFair_andFindsAShift() {
        int failed = 0;
        int found = 0;
        for (int run = 0; run < RUNS; run++) {
            Random random = new Random(run);
            MeanTest fair = MeanTest.empty();
            MeanTest worse = MeanTest.empty();
            boolean crossed = false;
            for (int window = 0; window < 100; window++) {
                double[] sums = new double[4];
                for (int i = 0; i < 20; i++) {
                    double d = (random.nextInt(5) - 2) / 10.0;
                    sums[0] += d;
                    sums[1] += d * d;
                    sums[2] += d + 0.05;
                    sums[3] += (d + 0.05) * (d + 0.05);
                }
                fair = fair.with(20, sums[0], sums[1]);
                worse = worse.with(20, sums[2], sums[3]);
                crossed |= fair.evidence() >= NEEDED;
            }
            failed += crossed ? 1 : 0;
            found += worse.evidence() >= NEEDED ? 1 : 0;
        }
        assertThat(failed).isLessThanOrEqualTo((int) (0.05 * RUNS));
        assertThat(found).isGreaterThan((int) (0.95 * RUNS));
    }

    private static int binomial(Random random, int n, double p) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            count += random.nextDouble() < p ? 1 : 0;
        }
        return count;
    }
}
