package dev.doorstep.forecasting.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.Correction;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LiveStateTest {
    private static final LocalDate START = LocalDate.of(2026, 3, 1);
    private static final int NINETY = LiveState.LEVELS.indexOf(0.9);

    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void experts_afterTwoOutcomes_standWhereThePaperSaysTheyDo() {
        LevelExperts experts = LevelExperts.of(0.9).after(0.9, 0.95, 0.2);
        // By hand with the step sizes γ: the miss moves each up by 0.9 γ, the hit down by 0.1 γ.
        assertThat(experts.positions()[2]).isCloseTo(0.9008, within(1e-12));
        assertThat(experts.positions()[9]).isCloseTo(0.9 + 0.128 * 0.8, within(1e-12));
        // Both had the same loss of the first; of the second 0.1 · (position − 0.2), at η = 1.48471 (α = 0.1, k = 10, I = 2,000).
        double slow = Math.exp(-1.48471 * 0.1 * (0.9009 - 0.2));
        double fast = Math.exp(-1.48471 * 0.1 * (0.9 + 0.9 * 0.128 - 0.2));
        double dealt = 0.000025;
        assertThat((experts.weights()[9] - dealt) / (experts.weights()[2] - dealt)).isCloseTo(fast / slow, within(1e-5));
        assertThat(sum(experts.weights())).isCloseTo(1, within(1e-12));
    }

    @Test
    void probabilitiesThatHold_stayAsTheyAre() {
        LiveState state = days(LiveState.none(START), 100, 50, "east", u -> u);
        for (double level : LiveState.LEVELS) {
            assertThat(state.calibration().of("east").position(level)).as("%s", level).isCloseTo(level, within(0.02));
        }
    }

    @Test
    void deliveriesThatBecomeLater_areCoveredAgain_andThoseThatRecoverToo() {
        LiveState before = days(LiveState.none(START), 40, 50, "east", u -> u);
        // Late in the forecast: nine in ten come by where the model says 0.949, not by 0.9.
        LiveState later = days(before, 60, 50, "east", Math::sqrt);
        assertThat(later.calibration().of("east").position(0.9)).isCloseTo(Math.sqrt(0.9), within(0.02));
        assertThat(later.calibration().of("east").position(0.5)).isCloseTo(Math.sqrt(0.5), within(0.03));
        LiveState again = days(later, 60, 50, "east", u -> u);
        assertThat(again.calibration().of("east").position(0.9)).isCloseTo(0.9, within(0.02));
    }

    @Test
    void promisesAtTheFollowedLevel_areKeptAsOftenAsAsked_whateverTheShift() {
        // 100 days each well, late and early; each day's orders are promised by what the days up to then said.
        LiveState state = LiveState.none(START);
        List<DoubleUnaryOperator> worlds = List.of(u -> u, Math::sqrt, u -> u * u);
        int kept = 0;
        int keptUncorrected = 0;
        int all = 0;
        for (DoubleUnaryOperator world : worlds) {
            for (int day = 0; day < 100; day++) {
                double level = state.calibration().of("east").position(0.9);
                List<LiveState.Observed> cohort = cohort(50, "east", world);
                for (LiveState.Observed each : cohort) {
                    kept += each.position() <= level ? 1 : 0;
                    keptUncorrected += each.position() <= 0.9 ? 1 : 0;
                    all++;
                }
                state = state.next(state.until().plusDays(1), cohort);
            }
        }
        assertThat((double) kept / all).isCloseTo(0.9, within(0.01));
        // 0.9, 0.81 and 0.949 of the three worlds.
        assertThat((double) keptUncorrected / all).isCloseTo(0.886, within(0.01));
    }

    @Test
    void group_isShrunkToAll_whichIsShrunkToNothing() {
        List<LiveState.Observed> cohort = new ArrayList<>(cohort(3_000, "east", u -> u));
        cohort.addAll(cohort(10, "west", _ -> 1));
        LiveState state = LiveState.none(START).next(START.plusDays(1), cohort);
        double all = group(state, "all").levels().get(NINETY).position();
        double west = group(state, "west").levels().get(NINETY).position();
        double shrunkAll = 0.9 + (all - 0.9) * 3_010 / 3_310;
        LiveCalibration calibration = state.calibration();
        assertThat(calibration.of("nowhere").position(0.9)).isCloseTo(shrunkAll, within(1e-9));
        assertThat(calibration.of("west").position(0.9)).isCloseTo(shrunkAll + (west - shrunkAll) * 10 / 310, within(1e-9));
        assertThat(west).isGreaterThan(all);
    }

    @Test
    void correction_ascendsFrom0To1_andPositionIsItsInverse() {
        LiveState state = days(LiveState.none(START), 5, 3, "east", u -> u < 0.5 ? 0 : 1);
        Correction correction = state.calibration().of("east");
        double[] cumulative = IntStream.rangeClosed(0, 1_000).mapToDouble(i -> i / 1_000.0).toArray();
        correction.apply(cumulative);
        assertThat(cumulative[0]).isZero();
        assertThat(cumulative[1_000]).isEqualTo(1);
        assertThat(cumulative).isSorted();
        for (double worth : new double[]{0.01, 0.3, 0.9, 0.99}) {
            double[] one = {correction.position(worth)};
            correction.apply(one);
            assertThat(one[0]).isCloseTo(worth, within(1e-12));
        }
    }

    @Test
    void allParcelsLost_neverMakesADateCertainOrImpossible() {
        LiveState state = days(LiveState.none(START), 30, 200, "east", _ -> 1);
        assertThat(state.calibration().of("east").position(0.95)).isBetween(0.99, 0.999);
        LiveState early = days(LiveState.none(START), 30, 200, "east", _ -> 0);
        assertThat(early.calibration().of("east").position(0.05)).isBetween(0.0, 0.01);
    }

    @Test
    void manyGroups_areBounded_andTheRestCountsInAll() {
        List<LiveState.Observed> cohort = IntStream.range(0, 500).mapToObj(i -> new LiveState.Observed("lane-" + i, 0.5)).toList();
        LiveState state = LiveState.none(START).next(START.plusDays(1), cohort);
        assertThat(state.groups()).hasSize(128);
        assertThat(group(state, "all").count()).isEqualTo(500);
    }

    @Test
    void dayOutOfOrder_andPositionThatIsNone_areRefused() {
        assertThatThrownBy(() -> LiveState.none(START).next(START.plusDays(2), List.of())).hasMessageContaining("2026-03-02 comes next")
                .hasMessageContaining("2026-03-03");
        assertThatThrownBy(() -> new LiveState.Observed("east", Double.NaN)).hasMessageContaining("position");
    }

    private static LiveState.Group group(LiveState state, String key) {
        return Objects.requireNonNull(state.groups().get(key));
    }

    private LiveState days(LiveState from, int days, int orders, String group, DoubleUnaryOperator world) {
        LiveState state = from;
        for (int i = 0; i < days; i++) {
            state = state.next(state.until().plusDays(1), cohort(orders, group, world));
        }
        return state;
    }

    private List<LiveState.Observed> cohort(int orders, String group, DoubleUnaryOperator world) {
        return IntStream.range(0, orders).mapToObj(_ -> new LiveState.Observed(group, world.applyAsDouble(random.nextDouble()))).toList();
    }

    private static double sum(double... values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }
}
