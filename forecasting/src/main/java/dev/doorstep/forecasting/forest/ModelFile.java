package dev.doorstep.forecasting.forest;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.Set;

/**
 * Reads LightGBM's model file, its text form of versions 3 and 4. What the file may hold and this can't score to the last bit is refused by
 * name: several classes, averaged forests, linear trees. Nothing in the file can make it read elsewhere or run on.
 */
final class ModelFile {
    private static final Set<String> VERSIONS = Set.of("v3", "v4");
    private static final int MOST_TREES = 20_000;
    private static final int MOST_LEAVES = 100_000;
    private static final int MOST_FEATURES = 100_000;
    private static final int KNOWN_DECISION_BITS = 0b1111;

    private final Map<String, String> header = new HashMap<>();
    private final List<Tree> trees = new ArrayList<>();
    private final List<String> featureNames;

    private ModelFile(String text) {
        List<Map<String, String>> blocks = blocks(text);
        String version = header.getOrDefault("version", "none");
        if (!VERSIONS.contains(version)) {
            throw refused("version", "is not one of v3 and v4: " + DoorstepException.shown(version));
        }
        requireOne("num_class");
        requireOne("num_tree_per_iteration");
        if (header.containsKey("average_output")) {
            throw refused("average_output", "means that trees are averaged, which is not supported");
        }
        int features = integer(header, "max_feature_idx") + 1;
        if (features < 1 || features > MOST_FEATURES) {
            throw refused("max_feature_idx", "is out of bounds: " + (features - 1));
        }
        featureNames = List.of(header.getOrDefault("feature_names", "").split(" ", -1));
        if (featureNames.size() != features) {
            throw refused("feature_names", "has " + featureNames.size() + " names for " + features + " features");
        }
        if (blocks.size() > MOST_TREES) {
            throw refused("Tree", "occurs more than " + MOST_TREES + " times");
        }
        for (int i = 0; i < blocks.size(); i++) {
            trees.add(tree(i, blocks.get(i), features));
        }
    }

    /**
     * Reads a file.
     *
     * @throws DoorstepException {@code INVALID_MODEL} that names the field
     */
    static ModelFile read(String text) {
        return new ModelFile(text);
    }

    List<Tree> trees() {
        return trees;
    }

    List<String> featureNames() {
        return featureNames;
    }

    String objective() {
        return header.getOrDefault("objective", "");
    }

    /** Fills the header and returns the trees' lines. */
    private List<Map<String, String>> blocks(String text) {
        List<Map<String, String>> blocks = new ArrayList<>();
        Map<String, String> current = header;
        boolean ended = false;
        List<String> lines = text.lines().toList();
        if (lines.isEmpty() || !lines.getFirst().strip().equals("tree")) {
            throw refused("file", "is not a LightGBM model in text form: its first line is not 'tree'");
        }
        for (String line : lines.subList(1, lines.size())) {
            if (line.strip().equals("end of trees")) {
                ended = true;
                break;
            }
            int equals = line.indexOf('=');
            String key = equals < 0 ? line.strip() : line.substring(0, equals);
            String value = equals < 0 ? "" : line.substring(equals + 1).strip();
            if (key.equals("Tree")) {
                current = new HashMap<>();
                blocks.add(current);
            } else if (!key.isEmpty()) {
                current.put(key, value);
            }
        }
        if (!ended) {
            throw refused("file", "breaks off before 'end of trees'");
        }
        return blocks;
    }

    private static Tree tree(int index, Map<String, String> block, int features) {
        if (!block.getOrDefault("is_linear", "0").equals("0")) {
            throw refused("is_linear", "of tree " + index + " means a linear tree, which is not supported");
        }
        int leaves = integer(block, "num_leaves");
        if (leaves < 1 || leaves > MOST_LEAVES) {
            throw refused("num_leaves", "of tree " + index + " is out of bounds: " + leaves);
        }
        int sets = integer(block, "num_cat");
        int nodes = leaves - 1;
        double[] decisions = numbers(block, "decision_type", nodes);
        byte[] decision = new byte[nodes];
        for (int i = 0; i < nodes; i++) {
            decision[i] = (byte) decisions[i];
            int bits = (int) decisions[i];
            if ((bits & ~KNOWN_DECISION_BITS) != 0 || bits >> 2 == 3) {
                throw refused("decision_type", "of tree " + index + " is not known: " + bits);
            }
        }
        int[] bounds = sets == 0 ? new int[]{0} : integers(block, "cat_boundaries", sets + 1);
        int[] categories = sets == 0 ? new int[0] : integers(block, "cat_threshold", bounds[sets]);
        Tree tree = new Tree(integers(block, "split_feature", nodes), numbers(block, "threshold", nodes), decision,
                integers(block, "left_child", nodes), integers(block, "right_child", nodes), numbers(block, "leaf_value", leaves), bounds,
                categories, counts(block, leaves), new double[nodes]);
        check(index, tree, features, sets);
        // Children come after their parents.
        for (int i = nodes - 1; i >= 0; i--) {
            tree.nodeCount()[i] = tree.count(tree.left()[i]) + tree.count(tree.right()[i]);
        }
        return tree;
    }

    /** How many rows came to each leaf; a file without counts has them alike. A leaf of none counts a little, so that it can be divided by. */
    private static double[] counts(Map<String, String> block, int leaves) {
        DoubleStream counts = block.containsKey("leaf_count")
                ? Arrays.stream(numbers(block, "leaf_count", leaves))
                : DoubleStream.generate(() -> 1).limit(leaves);
        return counts.map(count -> count > 0 ? count : 1e-3).toArray();
    }

    /** Every node and leaf must be reached exactly once, so that no walk goes on for ever. */
    private static void check(int index, Tree tree, int features, int sets) {
        int nodes = tree.feature().length;
        boolean[] nodeSeen = new boolean[nodes];
        boolean[] leafSeen = new boolean[tree.leaves()];
        for (int i = 0; i < nodes; i++) {
            for (int child : new int[]{tree.left()[i], tree.right()[i]}) {
                boolean[] seen = child < 0 ? leafSeen : nodeSeen;
                int at = child < 0 ? ~child : child;
                // Children come after their parents.
                if (at >= seen.length || seen[at] || (child >= 0 && child <= i)) {
                    throw refused("left_child", "or right_child of tree " + index + " is not that of a tree: " + child);
                }
                seen[at] = true;
            }
            if (tree.feature()[i] < 0 || tree.feature()[i] >= features) {
                throw refused("split_feature", "of tree " + index + " is out of bounds: " + tree.feature()[i]);
            }
            double threshold = tree.threshold()[i];
            if (tree.isCategorical(i) && !(threshold >= 0 && threshold < sets && threshold == (int) threshold)) {
                throw refused("threshold", "of tree " + index + " names no set of categories: " + threshold);
            }
            if (Double.isNaN(threshold)) {
                throw refused("threshold", "of tree " + index + " is not a number");
            }
        }
        for (double value : tree.leafValue()) {
            if (!Double.isFinite(value)) {
                throw refused("leaf_value", "of tree " + index + " is not a number");
            }
        }
        for (int i = 0; i < sets; i++) {
            if (tree.categoryBounds()[i] < 0 || tree.categoryBounds()[i] > tree.categoryBounds()[i + 1]) {
                throw refused("cat_boundaries", "of tree " + index + " do not ascend");
            }
        }
    }

    private void requireOne(String key) {
        if (integer(header, key) != 1) {
            throw refused(key, "must be 1: " + header.get(key));
        }
    }

    private static int integer(Map<String, String> block, String key) {
        return integers(block, key, 1)[0];
    }

    private static int[] integers(Map<String, String> block, String key, int count) {
        String[] parts = parts(block, key, count);
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            try {
                values[i] = parts[i].startsWith("-") ? Integer.parseInt(parts[i]) : Integer.parseUnsignedInt(parts[i]);
            } catch (NumberFormatException _) {
                throw refused(key, "is not a whole number: " + DoorstepException.shown(parts[i]));
            }
        }
        return values;
    }

    private static double[] numbers(Map<String, String> block, String key, int count) {
        String[] parts = parts(block, key, count);
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = number(key, parts[i]);
        }
        return values;
    }

    private static double number(String key, String text) {
        return switch (text) {
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            case "nan", "-nan" -> Double.NaN;
            default -> {
                try {
                    yield Double.parseDouble(text);
                } catch (NumberFormatException _) {
                    throw refused(key, "is not a number: " + DoorstepException.shown(text));
                }
            }
        };
    }

    private static String[] parts(Map<String, String> block, String key, int count) {
        String value = block.get(key);
        if (value == null && count > 0) {
            throw refused(key, "is missing");
        }
        String[] parts = value == null || value.isEmpty() ? new String[0] : value.split(" +", -1);
        if (parts.length != count) {
            throw refused(key,
                    "has " + parts.length + " values instead of " + count + ": " + DoorstepException.shown(Arrays.toString(parts)));
        }
        return parts;
    }

    private static DoorstepException refused(String field, String what) {
        return new DoorstepException(ErrorCode.INVALID_MODEL, field, field + " " + what);
    }
}
