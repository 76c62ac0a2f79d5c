package dev.doorstep.forecasting.forest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.microsoft.ml.lightgbm.PredictionType;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.Arrays;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against LightGBM itself, which trains the forests and scores the same rows. */
class ForestTest {
    private static final int FEATURES = 8;
    private static final int TRAINED_ROWS = 4_000;
    private static final int SCORED_ROWS = 100_000;
    private static final double[] EDGES = {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MIN_VALUE,
            -Double.MIN_VALUE, 1e-35, -1e-35, 1e-35f, -1e-35f, Math.nextUp((double) 1e-35f), Math.nextDown((double) -1e-35f), 1e-36, -1e-36,
            0.5, -0.5, -1, 1, 3.7, 31, 32, 33, 63, 64, 1e6, 3e9, -3e9, 1e300, -1e300};

    static Stream<Arguments> kinds() {
        String base = "verbosity=-1 num_threads=2 deterministic=true force_row_wise=true seed=7 min_data_in_leaf=5 objective=binary ";
        String categories = "categorical_feature=5,6 ";
        return Stream.of(arguments("numbers", base + "num_leaves=31", 60, 0.0),
                arguments("missing values", base + "num_leaves=31", 60, 0.2),
                arguments("missing values unused", base + "num_leaves=31 use_missing=false", 40, 0.2),
                arguments("zero as missing", base + "num_leaves=31 zero_as_missing=true", 60, 0.2),
                arguments("categories", base + categories + "num_leaves=31 min_data_per_group=10 cat_smooth=1", 60, 0.1),
                arguments("categories one by one", base + categories + "num_leaves=15 max_cat_to_onehot=200", 40, 0.1),
                arguments("categories, zero as missing", base + categories + "num_leaves=31 zero_as_missing=true", 40, 0.1),
                arguments("64 leaves", base + categories + "num_leaves=64", 40, 0.1),
                arguments("tall trees", base + categories + "num_leaves=200", 30, 0.1),
                arguments("stumps", base + "num_leaves=2", 80, 0.1),
                arguments("no split", base + "num_leaves=31 min_data_in_leaf=100000", 3, 0.1),
                arguments("dart", base + "num_leaves=31 boosting=dart drop_rate=0.3", 40, 0.1),
                arguments("goss", base + "num_leaves=31 data_sample_strategy=goss", 40, 0.1),
                arguments("bagging", base + "num_leaves=31 bagging_fraction=0.6 bagging_freq=1 feature_fraction=0.6", 40, 0.1),
                arguments("monotone", base + "num_leaves=31 monotone_constraints=1,0,0,0,0,0,0,0", 30, 0.1),
                arguments("regression", base.replace("objective=binary", "objective=regression") + "num_leaves=31", 30, 0.1));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void score_randomAndEdgeRows_equalsLightGbmToTheLastBit(String kind, String parameters, int rounds, double missing) throws Exception {
        String model = train(parameters, rounds, missing);
        Forest forest = Forest.read(model);
        double[] rows = rows(new Random(11), SCORED_ROWS, missing);
        addEdges(rows, model);
        double[] expected;
        try (LGBMBooster booster = LGBMBooster.loadModelFromString(model)) {
            expected = booster.predictForMat(rows, SCORED_ROWS, FEATURES, true, PredictionType.C_API_PREDICT_RAW_SCORE);
        }
        // Half of the features as fixed ones, half as varying; which ones must not matter.
        Forest.Plan plan = forest.plan(0, 2, 5, 7);
        Forest.Scratch scratch = forest.scratch();
        double[] row = new double[FEATURES];
        for (int i = 0; i < SCORED_ROWS; i++) {
            System.arraycopy(rows, i * FEATURES, row, 0, FEATURES);
            plan.fix(row, scratch);
            double score = plan.score(row, scratch);
            if (Double.doubleToRawLongBits(score) != Double.doubleToRawLongBits(expected[i])) {
                assertThat(score).as(kind + ", row " + i + ": " + Arrays.toString(row)).isEqualTo(expected[i]);
            }
        }
        assertThat(expected).doesNotContain(Double.NaN);
        assertThat(IntStream.range(0, SCORED_ROWS).mapToDouble(i -> expected[i]).distinct().count())
                .isGreaterThan(kind.equals("no split") ? 0 : 50);
        assertThat(forest.size()).isPositive();
        assertThat(forest.featureNames()).hasSize(FEATURES);
    }

    @Test
    void score_rowsThatShareTheFixedFeatures_areThoseOfWholeRows() throws Exception {
        Forest forest = Forest.read(train("verbosity=-1 objective=binary num_leaves=31 seed=3 min_data_in_leaf=5", 50, 0.1));
        Forest.Plan whole = forest.plan();
        Forest.Plan days = forest.plan(3, 4);
        Forest.Scratch one = forest.scratch();
        Forest.Scratch other = forest.scratch();
        Random random = new Random(5);
        for (int order = 0; order < 200; order++) {
            double[] row = rows(random, 1, 0.1);
            days.fix(row, one);
            for (int day = 0; day < 15; day++) {
                row[3] = day;
                row[4] = random.nextGaussian();
                whole.fix(row, other);
                assertThat(days.score(row, one)).isEqualTo(whole.score(row, other));
            }
        }
        assertThat(forest.objective()).isEqualTo("binary sigmoid:1");
    }

    @Test
    void expected_nothingUnknown_isTheScore_everythingUnknown_isTheMeanOfWhatItWasTrainedOn() throws Exception {
        Forest forest = Forest.read(train("verbosity=-1 objective=binary num_leaves=31 seed=3 min_data_in_leaf=5 categorical_feature=5,6",
                20, 0.1));
        Forest.Plan plan = forest.plan();
        Forest.Scratch scratch = forest.scratch();
        double[] trained = rows(new Random(42), TRAINED_ROWS, 0.1);
        boolean[] nothing = new boolean[FEATURES];
        boolean[] everything = new boolean[FEATURES];
        Arrays.fill(everything, true);
        double sum = 0;
        for (int i = 0; i < TRAINED_ROWS; i++) {
            double[] row = Arrays.copyOfRange(trained, i * FEATURES, (i + 1) * FEATURES);
            plan.fix(row, scratch);
            double score = plan.score(row, scratch);
            assertThat(forest.expected(row, nothing)).isEqualTo(score);
            sum += score;
        }
        assertThat(forest.expected(new double[FEATURES], everything)).isCloseTo(sum / TRAINED_ROWS, within(1e-9));
    }

    @Test
    void read_whatCantBeScoredExactly_isRefusedByName() throws Exception {
        String good = train("verbosity=-1 objective=binary num_leaves=7 seed=3 min_data_in_leaf=5 categorical_feature=5,6", 5, 0.1);
        Forest.read(good);
        assertRefused(train("verbosity=-1 objective=regression num_leaves=7 linear_tree=true min_data_in_leaf=5", 3, 0.0), "is_linear");
        assertRefused(train("verbosity=-1 objective=binary boosting=rf bagging_fraction=0.5 bagging_freq=1 num_leaves=7", 3, 0.0),
                "average_output");
        assertRefused(train("verbosity=-1 objective=multiclass num_class=3 num_leaves=7", 3, 0.0), "num_class");
        assertRefused("", "file");
        assertRefused("{\"name\":\"tree\"}", "file");
        assertRefused(good.substring(0, good.length() / 3), "file");
        assertRefused(good.replace("version=v4", "version=v9"), "version");
        assertRefused(good.replaceFirst("leaf_value=\\S+", "leaf_value=x"), "leaf_value");
        assertRefused(good.replaceFirst("leaf_value=\\S+", "leaf_value=nan"), "leaf_value");
        assertRefused(good.replaceFirst("leaf_value=\\S+", "leaf_value=-inf"), "leaf_value");
        assertRefused(good.replaceFirst("threshold=\\S+ ", "threshold="), "threshold");
        assertRefused(good.replaceFirst("threshold=\\S+", "threshold=nan"), "threshold");
        assertRefused(good.replaceFirst("split_feature=\\S+", "split_feature=99"), "split_feature");
        // A node that is its own child would be walked for ever.
        assertRefused(good.replaceFirst("left_child=\\S+", "left_child=0"), "left_child");
        assertRefused(good.replaceFirst("left_child=\\S+", "left_child=-99"), "left_child");
        assertRefused(good.replaceFirst("decision_type=\\S+", "decision_type=99"), "decision_type");
        assertRefused(good.replaceFirst("num_leaves=\\d+", "num_leaves=2000000000"), "num_leaves");
        assertRefused(good.replace("max_feature_idx=7", "max_feature_idx=8"), "feature_names");
    }

    private static void assertRefused(String model, String field) {
        assertThatThrownBy(() -> Forest.read(model)).asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
            assertThat(e.field()).as(e.getMessage()).isEqualTo(field);
        });
    }

    private static String train(String parameters, int rounds, double missing) throws LGBMException {
        Random random = new Random(42);
        double[] rows = rows(random, TRAINED_ROWS, missing);
        float[] labels = new float[TRAINED_ROWS];
        for (int i = 0; i < TRAINED_ROWS; i++) {
            double x = 0;
            for (int feature = 0; feature < FEATURES; feature++) {
                double value = rows[i * FEATURES + feature];
                x += Double.isNaN(value) ? 0.7 : Math.sin(value * (feature + 1));
            }
            labels[i] = parameters.contains("multiclass") ? random.nextInt(3) : x + random.nextGaussian() > 0.5 ? 1 : 0;
        }
        try (LGBMDataset data = LGBMDataset.createFromMat(rows, TRAINED_ROWS, FEATURES, true, parameters, null)) {
            data.setField("label", labels);
            try (LGBMBooster booster = LGBMBooster.create(data, parameters)) {
                for (int round = 0; round < rounds; round++) {
                    booster.updateOneIter();
                }
                return booster.saveModelToString(0, 0, LGBMBooster.FeatureImportanceType.GAIN);
            }
        }
    }

    private static double[] rows(Random random, int count, double missing) {
        double[] rows = new double[count * FEATURES];
        for (int i = 0; i < rows.length; i++) {
            int feature = i % FEATURES;
            double value = switch (feature) {
                case 0 -> random.nextGaussian() * 10;
                case 1 -> random.nextInt(5);
                case 2 -> random.nextInt(3) == 0 ? 0 : random.nextGaussian();
                case 3 -> random.nextInt(15);
                case 4 -> random.nextDouble() * 1e-3;
                case 5 -> random.nextInt(12);
                case 6 -> random.nextInt(90);
                default -> Math.exp(random.nextGaussian() * 3) * (random.nextBoolean() ? 1 : -1);
            };
            rows[i] = random.nextDouble() < missing ? Double.NaN : value;
        }
        return rows;
    }

    /** Puts edges and the model's own thresholds, with their neighbours, into the first half of the rows. */
    private static void addEdges(double[] rows, String model) {
        double[] thresholds = model.lines().filter(line -> line.startsWith("threshold="))
                .flatMapToDouble(line -> Stream.of(line.substring(10).split(" ", -1)).filter(each -> each.matches(".*[0-9]"))
                        .mapToDouble(Double::parseDouble))
                .limit(2_000).toArray();
        Random random = new Random(13);
        for (int i = 0; i < rows.length / 2; i++) {
            double threshold = thresholds.length == 0 ? 0 : thresholds[random.nextInt(thresholds.length)];
            rows[i] = switch (random.nextInt(6)) {
                case 0 -> EDGES[random.nextInt(EDGES.length)];
                case 1 -> threshold;
                case 2 -> Math.nextUp(threshold);
                case 3 -> Math.nextDown(threshold);
                default -> rows[i];
            };
        }
    }
}
