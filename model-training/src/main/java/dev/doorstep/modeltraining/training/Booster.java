package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.ModelSchema;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import io.github.metarank.lightgbm4j.LGBMException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Grows forests with LightGBM. */
final class Booster {
    static {
        NativeLibrary.load();
    }

    private Booster() {}

    /**
     * What a forest is grown on.
     *
     * @param schema of the columns
     * @param values rows one after the other
     * @param weights of the rows, or null where all weigh the same
     * @param starts what the trees are added to in each row, or null where LightGBM finds that
     */
    @SuppressWarnings("ArrayRecordComponent") // handed to LightGBM, never compared
    record Data(ModelSchema schema, double[] values, float[] labels, float @Nullable [] weights, double @Nullable [] starts) {
        /** Rows whose start LightGBM finds. */
        Data(ModelSchema schema, double[] values, float[] labels, float @Nullable [] weights) {
            this(schema, values, labels, weights, null);
        }

        Data from(double[] given) {
            return new Data(schema, values, labels, weights, given);
        }

        double value(int row, int column) {
            return values[row * schema.names().size() + column];
        }

        String[] names() {
            return schema.names().toArray(String[]::new);
        }

        /** Numbers of the columns that are categories, as LightGBM's parameters have them. */
        String categorical() {
            List<String> names = schema.names();
            return IntStream.range(0, names.size()).filter(i -> schema.categories().containsKey(names.get(i))).mapToObj(Integer::toString)
                    .collect(Collectors.joining(","));
        }

        int rows() {
            return labels.length;
        }
    }

    /** A forest and, after each of its rounds, its loss on the rows that it was checked with. */
    @SuppressWarnings("ArrayRecordComponent") // two results of one method
    record Grown(String model, double[] losses) {}

    /**
     * Grows a forest.
     *
     * @param parameters LightGBM's own
     * @param check rows to check it with, or null
     */
    static Grown grow(Data data, String parameters, int rounds, @Nullable Data check) {
        String categorical = data.categorical();
        String all = parameters + (categorical.isEmpty() ? "" : " categorical_feature=" + categorical);
        try (LGBMDataset train = dataset(data, all, null); LGBMBooster booster = LGBMBooster.create(train, all)) {
            try (LGBMDataset checked = check == null ? null : dataset(check, all, train)) {
                if (checked != null) {
                    booster.addValidData(checked);
                }
                double[] losses = new double[checked == null ? 0 : rounds];
                for (int round = 0; round < rounds; round++) {
                    boolean finished = booster.updateOneIter();
                    if (checked != null) {
                        losses[round] = booster.getEval(1)[0];
                    }
                    if (finished) {
                        losses = java.util.Arrays.copyOf(losses, Math.min(losses.length, round + 1));
                        break;
                    }
                }
                return new Grown(withoutFolder(booster.saveModelToString(0, 0, LGBMBooster.FeatureImportanceType.GAIN)), losses);
            }
        } catch (LGBMException e) {
            throw new IllegalStateException("LightGBM failed: " + e.getMessage(), e);
        }
    }

    private static LGBMDataset dataset(Data data, String parameters, @Nullable LGBMDataset reference) throws LGBMException {
        LGBMDataset made = LGBMDataset.createFromMat(data.values(), data.rows(), data.names().length, true, parameters, reference);
        made.setField("label", data.labels());
        if (data.weights() != null) {
            made.setField("weight", data.weights());
        }
        if (data.starts() != null) {
            made.setField("init_score", data.starts());
        }
        if (reference == null) {
            made.setFeatureNames(data.names());
        }
        return made;
    }

    /** The file ends with the parameters, which say nothing that the manifest does not. */
    private static String withoutFolder(String model) {
        int parameters = model.indexOf("\nparameters:");
        return parameters < 0 ? model : model.substring(0, parameters + 1);
    }
}
