package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.ml.lightgbm.PredictionType;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.ModelSchema;
import io.github.metarank.lightgbm4j.LGBMBooster;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BaselineHazardsTest {
    private static final ModelSchema DAY_AND_SIZE = new ModelSchema(
            new FeatureSchema("1", List.of(new FeatureDefinition("day", FeatureType.NUMBER, "day", ""),
                    new FeatureDefinition("size", FeatureType.NUMBER, "count", ""))),
            Map.of());
    /** Most arrive on the third day, and of those that don't, half on each one after it. */
    private static final double[] HAZARDS = {0.02, 0.02, 0.9, 0.5, 0.5};

    @Test
    void values_areTheLogOddsOfALifeTable_andDaysWithFewOrdersStandTogether() {
        // Of 10 orders 1 arrives on day 0, 6 on day 3 and 2 on day 4; the last one is known for a day longer.
        Booster.Data data = data(new double[][]{{0, 10, 1}, {3, 9, 6}, {4, 3, 2}, {5, 1, 0}});
        double overall = 9.0 / 23;
        BaselineHazards baseline = BaselineHazards.of(data, "day", 3);
        assertThat(baseline.thresholds()).containsExactly(1.5, 3.5, 4.5);
        assertThat(baseline.counts()).containsExactly(10, 9, 3, 1);
        assertThat(Arrays.stream(baseline.values()).map(BaselineHazardsTest::probability).toArray())
                .containsExactly(new double[]{(1 + overall) / 11, (6 + overall) / 10, (2 + overall) / 4, overall / 2}, within(1e-12));
        assertThat(BaselineHazards.of(data, "day", 4).counts()).containsExactly(10, 9, 4);
        assertThat(BaselineHazards.of(data, "day", 100).counts()).as("one leaf").containsExactly(23);
    }

    @Test
    void weights_countForHazards() {
        Booster.Data data = new Booster.Data(DAY_AND_SIZE, new double[]{0, 0, 0, 0}, new float[]{1, 0}, new float[]{3, 1});
        assertThat(probability(BaselineHazards.of(data, "day", 1).values()[0])).isEqualTo((3 + 0.75) / 5, within(1e-12));
    }

    /** What one tree of a forest that starts from a single number is far from. */
    @Test
    void forestOfFewTrees_knowsHowLongOrdersTake() throws Exception {
        Booster.Data data = orders(20_000);
        BaselineHazards baseline = BaselineHazards.of(data, "day", 20);
        String parameters = new HazardParameters(2, 7, 20, 0.08, Double.POSITIVE_INFINITY).lightGbm(1, 1, 3);
        String model = baseline.before(Booster.grow(baseline.start(data), parameters, 2, null).model());
        double[] rows = new double[2 * HAZARDS.length];
        for (int day = 0; day < HAZARDS.length; day++) {
            rows[2 * day] = day;
            rows[2 * day + 1] = 1;
        }
        Forest forest = Forest.read(model);
        Forest.Plan plan = forest.plan();
        Forest.Scratch scratch = forest.scratch();
        try (LGBMBooster lightGbm = LGBMBooster.loadModelFromString(model)) {
            double[] scores = lightGbm.predictForMat(rows, HAZARDS.length, 2, true, PredictionType.C_API_PREDICT_RAW_SCORE);
            for (int day = 0; day < HAZARDS.length; day++) {
                double[] row = {day, 1};
                plan.fix(row, scratch);
                assertThat(scores[day]).as("day %d by LightGBM itself", day).isEqualTo(plan.score(row, scratch));
                assertThat(probability(scores[day])).as("day %d", day).isEqualTo(HAZARDS[day], within(0.05));
            }
        }
        // More than nine, so that numbers of trees grow by a digit.
        String many = baseline.before(Booster.grow(baseline.start(data), parameters, 25, null).model());
        try (LGBMBooster lightGbm = LGBMBooster.loadModelFromString(many)) {
            assertThat(lightGbm.saveModelToString(0, 0, LGBMBooster.FeatureImportanceType.GAIN)).contains("Tree=25\n")
                    .doesNotContain("Tree=26\n");
        }
    }

    /** For each day its number, how many orders are at risk and how many of them arrive. */
    private static Booster.Data data(double[][] days) {
        int rows = (int) Arrays.stream(days).mapToDouble(day -> day[1]).sum();
        double[] values = new double[2 * rows];
        float[] labels = new float[rows];
        int row = 0;
        for (double[] day : days) {
            for (int i = 0; i < day[1]; i++) {
                values[2 * row] = day[0];
                labels[row++] = i < day[2] ? 1 : 0;
            }
        }
        return new Booster.Data(DAY_AND_SIZE, values, labels, null);
    }

    private static Booster.Data orders(int count) {
        Random random = new Random(5);
        double[] values = new double[2 * count * HAZARDS.length];
        float[] labels = new float[count * HAZARDS.length];
        int row = 0;
        for (int i = 0; i < count; i++) {
            int size = random.nextInt(5);
            for (int day = 0; day < HAZARDS.length; day++) {
                values[2 * row] = day;
                values[2 * row + 1] = size;
                labels[row] = random.nextDouble() < HAZARDS[day] ? 1 : 0;
                if (labels[row++] == 1) {
                    break;
                }
            }
        }
        return new Booster.Data(DAY_AND_SIZE, Arrays.copyOf(values, 2 * row), Arrays.copyOf(labels, row), null);
    }

    private static double probability(double logOdds) {
        return 1 / (1 + Math.exp(-logOdds));
    }
}
