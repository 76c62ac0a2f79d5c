package dev.doorstep.modeltraining.training;

import dev.doorstep.modeltraining.lightgbm.LightGbmTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The hazard of each day for all orders alike, as a life table gives it (Tutz and Schmid 2016, chapters 2 and 3). A forest that starts from
 * it is shrunk towards how long orders take. One that starts from a single number, as LightGBM does, spends its first hundred trees on that
 * alone, and where few orders bear few trees, what is late stays late for months.
 *
 * @param column of the day in a row
 * @param thresholds between the leaves, ascending
 * @param values log odds, one more than there are thresholds
 * @param counts rows of each leaf
 */
@SuppressWarnings("ArrayRecordComponent") // made once, never compared
record BaselineHazards(int column, double[] thresholds, double[] values, int[] counts) {
    /** What one mask of the forest that serves has bits for. */
    private static final int MOST_LEAVES = 64;

    /**
     * Of rows, each an order on a day on which it could arrive.
     *
     * @param day name of the feature that tells the day
     * @param least orders that a day needs to stand alone; what follows is added to it
     */
    static BaselineHazards of(Booster.Data data, String day, int least) {
        int column = data.schema().names().indexOf(day);
        Map<Double, Leaf> days = new TreeMap<>();
        Leaf all = new Leaf();
        for (int row = 0; row < data.rows(); row++) {
            double weight = data.weights() == null ? 1 : data.weights()[row];
            Leaf own = days.computeIfAbsent(data.value(row, column), _ -> new Leaf());
            own.add(weight * data.labels()[row], weight, 1);
            all.add(weight * data.labels()[row], weight, 1);
        }
        List<Double> thresholds = new ArrayList<>();
        List<Leaf> leaves = new ArrayList<>();
        double before = Double.NaN;
        for (Map.Entry<Double, Leaf> each : days.entrySet()) {
            if (leaves.isEmpty()) {
                leaves.add(new Leaf());
            } else if (leaves.getLast().rows >= least && leaves.size() < MOST_LEAVES) {
                thresholds.add((before + each.getKey()) / 2);
                leaves.add(new Leaf());
            }
            leaves.getLast().add(each.getValue().arrived, each.getValue().atRisk, each.getValue().rows);
            before = each.getKey();
        }
        double overall = all.arrived / all.atRisk;
        return new BaselineHazards(column, thresholds.stream().mapToDouble(Double::doubleValue).toArray(),
                leaves.stream().mapToDouble(leaf -> leaf.logOdds(overall)).toArray(),
                leaves.stream().mapToInt(leaf -> leaf.rows).toArray());
    }

    private static final class Leaf {
        double arrived;
        double atRisk;
        int rows;

        void add(double moreArrived, double moreAtRisk, int moreRows) {
            arrived += moreArrived;
            atRisk += moreAtRisk;
            rows += moreRows;
        }

        /** With one order more that is as all are, so that nothing is certain. */
        double logOdds(double overall) {
            double hazard = (arrived + overall) / (atRisk + 1);
            return StrictMath.log(hazard / (1 - hazard));
        }
    }

    /** Rows with where they start from. */
    Booster.Data start(Booster.Data data) {
        double[] starts = new double[data.rows()];
        for (int row = 0; row < starts.length; row++) {
            double day = data.value(row, column);
            int leaf = 0;
            while (leaf < thresholds.length && day > thresholds[leaf]) {
                leaf++;
            }
            starts[row] = values[leaf];
        }
        return data.from(starts);
    }

    /**
     * A forest that was grown from here with this as its first tree.
     *
     * @param model as LightGBM writes it
     */
    String before(String model) {
        int first = model.indexOf("Tree=0\n");
        int end = model.indexOf("end of trees\n");
        List<String> trees = new ArrayList<>(List.of(tree()));
        for (String grown : model.substring(first, end).split("(?=Tree=\\d)", -1)) {
            trees.add("Tree=" + trees.size() + grown.substring(grown.indexOf('\n')));
        }
        // LightGBM finds each tree by how many bytes those before it have.
        String sizes = trees.stream().map(tree -> Integer.toString(tree.getBytes(StandardCharsets.UTF_8).length))
                .collect(Collectors.joining(" "));
        return model.substring(0, first).replaceFirst("tree_sizes=.*", "tree_sizes=" + sizes) + String.join("", trees)
                + model.substring(end);
    }

    /** Each day a split of those days that remain. */
    private String tree() {
        LightGbmTree tree = new LightGbmTree();
        for (int split = 0; split < thresholds.length; split++) {
            int others = split + 1 < thresholds.length ? split + 1 : ~thresholds.length;
            tree.children(tree.split(column, thresholds[split], true), tree.leaf(values[split], counts[split]), others);
        }
        tree.leaf(values[thresholds.length], counts[thresholds.length]);
        return tree.text(0) + "\n\n";
    }
}
