package dev.doorstep.forecasting.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.forest.Forest;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A forest that says one half on each day. */
class HazardModelTest {
    private static final long MONDAY = LocalDate.of(2024, 3, 4).toEpochDay();
    private static final OpenDays EVERY_DAY = calendar(EnumSet.allOf(DayOfWeek.class));
    private static final OpenDays NOT_ON_SUNDAYS = calendar(EnumSet.complementOf(EnumSet.of(DayOfWeek.SUNDAY)));
    private static Forest oneHalf;

    @BeforeAll
    static void train() throws Exception {
        oneHalf = oneHalf("binary");
    }

    private static Forest oneHalf(String objective) throws Exception {
        String parameters = "objective=" + objective + " verbosity=-1 min_data_in_leaf=1000 num_threads=1";
        try (LGBMDataset data = LGBMDataset.createFromMat(new double[200], 200, 1, true, parameters, null)) {
            data.setFeatureNames(new String[]{"day"});
            float[] labels = new float[200];
            java.util.Arrays.fill(labels, 0, 100, 1);
            data.setField("label", labels);
            try (LGBMBooster booster = LGBMBooster.create(data, parameters)) {
                booster.updateOneIter();
                return Forest.read(booster.saveModelToString(0, 0, LGBMBooster.FeatureImportanceType.GAIN));
            }
        }
    }

    /** Their scores would be taken for others. */
    @ParameterizedTest
    @CsvSource({"regression,regression", "binary sigmoid=2,binary sigmoid:2", "cross_entropy,cross_entropy"})
    void forest_thatGivesNoHazards_isRefusedByName(String parameter, String named) throws Exception {
        Forest forest = oneHalf(parameter);
        assertThatThrownBy(() -> new HazardModel(forest, days(5))).asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
            assertThat(e.field()).isEqualTo("objective");
            assertThat(e.getMessage()).contains(named);
        });
    }

    @Test
    void cumulative_isOneLessTheProductOfWhatWasMissed() {
        assertThat(cumulative(days(5), EVERY_DAY, MONDAY, 0)).containsExactly(new double[]{0.5, 0.75, 0.875, 0.9375, 1}, within(1e-12));
    }

    @Test
    void cumulative_closedDay_hasNoProbability() {
        // From Friday on: Sunday is the third day.
        assertThat(cumulative(days(5), NOT_ON_SUNDAYS, MONDAY + 4, 0)).containsExactly(new double[]{0.5, 0.75, 0.75, 0.875, 1},
                within(1e-12));
        // The last day is a Sunday: all has arrived by Saturday.
        assertThat(cumulative(days(3), NOT_ON_SUNDAYS, MONDAY + 4, 0)).containsExactly(new double[]{0.5, 1, 1}, within(1e-12));
    }

    @Test
    void cumulative_beforeTheEarliestOpenDay_isNothing() {
        assertThat(cumulative(days(5), EVERY_DAY, MONDAY, 2)).containsExactly(new double[]{0, 0, 0.5, 0.75, 1}, within(1e-12));
    }

    @Test
    void cumulative_binOfSeveralDays_isDividedAmongItsOpenDays() {
        Support support = new Support(new int[]{0, 1}, 5, new double[]{1, 0.4, 0.3, 0.2, 0.1});
        assertThat(cumulative(support, EVERY_DAY, MONDAY, 0)).containsExactly(new double[]{0.5, 0.7, 0.85, 0.95, 1}, within(1e-12));
        // Saturday, then Sunday to Wednesday: what would be Sunday's goes to the others.
        assertThat(cumulative(support, NOT_ON_SUNDAYS, MONDAY + 5, 0))
                .containsExactly(new double[]{0.5, 0.5, 0.75, 0.5 + 0.5 * 5 / 6, 1}, within(1e-12));
    }

    private static double[] cumulative(Support support, OpenDays delivers, long anchorDay, int earliestOpenDay) {
        HazardModel model = new HazardModel(oneHalf, support);
        CandidateDays days = new CandidateDays(support, earliestOpenDay);
        days.set(new FeatureEncoder.Clock(anchorDay, anchorDay), delivers);
        double[] cumulative = new double[support.days()];
        model.cumulative(new double[1], days, model.scratch(), cumulative);
        return cumulative;
    }

    private static Support days(int count) {
        double[] shares = new double[count];
        java.util.Arrays.fill(shares, 1);
        return new Support(java.util.stream.IntStream.range(0, count).toArray(), count, shares);
    }

    private static OpenDays calendar(Set<DayOfWeek> weekdays) {
        return new OpenDays(weekdays, _ -> false, Set.of(), Set.of(), 2024, 2024);
    }
}
