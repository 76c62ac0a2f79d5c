package dev.doorstep.modeltraining.onnx;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.modeltraining.lightgbm.LightGbmTree;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Writes an ONNX {@code TreeEnsembleClassifier} of two classes as LightGBM's model file, so that bundles need no other engine. ONNX compares
 * features as floats: thresholds become the doubles that split the same floats. Leaves are added as doubles here and as floats there, so
 * raw scores agree to a float's precision. A chain of equalities on one feature becomes one set of categories.
 */
public final class OnnxForest {
    private static final String CLASSIFIER = "TreeEnsembleClassifier";
    private static final Set<String> PASSING_ON = Set.of("Identity", "Cast", "ZipMap");
    private static final int MOST_NODES = 1_000_000;
    private static final int MOST_DEPTH = 2_000;

    private final Map<Long, Map<Long, Node>> trees = new TreeMap<>();
    private final double base;
    private final Map<List<Long>, Double> weights = new HashMap<>();
    private int written;

    private enum Mode {
        BRANCH_LEQ, BRANCH_LT, BRANCH_GTE, BRANCH_GT, BRANCH_EQ, BRANCH_NEQ, LEAF
    }

    private record Node(Mode mode, int feature, float value, long yes, long no, boolean missingIsYes) {}

    private OnnxForest(OnnxFile file) {
        List<OnnxFile.Node> found = file.nodes().stream().filter(node -> node.operator().equals(CLASSIFIER)).toList();
        if (found.size() != 1) {
            throw refused("graph", "must have one " + CLASSIFIER + ": " + file.nodes().stream().map(OnnxFile.Node::operator).toList());
        }
        for (OnnxFile.Node node : file.nodes()) {
            boolean byOne = node.operator().equals("Mul")
                    && node.inputs().stream().anyMatch(input -> file.constant(input).equals(List.of(1f)));
            if (!node.operator().equals(CLASSIFIER) && !PASSING_ON.contains(node.operator()) && !byOne) {
                throw refused("graph", "has an operator that is not supported: " + DoorstepException.shown(node.operator()));
            }
        }
        OnnxFile.Node ensemble = found.getFirst();
        if (!ensemble.attribute("post_transform").texts().equals(List.of("LOGISTIC"))) {
            throw refused("post_transform", "must be LOGISTIC: " + ensemble.attribute("post_transform").texts());
        }
        if (ensemble.attribute("class_ids").integers().stream().distinct().count() > 1) {
            throw refused("class_ids", "names several classes, and a hazard has one");
        }
        List<Float> bases = ensemble.attribute("base_values").floats();
        if (bases.size() > 1) {
            throw refused("base_values", "has several values, and a hazard has one");
        }
        this.base = bases.isEmpty() ? 0 : bases.getFirst();
        read(ensemble);
    }

    /**
     * The model as LightGBM's file.
     *
     * @param features names of the columns, in order
     * @throws DoorstepException {@code INVALID_MODEL} that names what can't be taken over
     */
    public static String toLightGbm(byte[] bytes, List<String> features) {
        OnnxFile file;
        try {
            file = OnnxFile.read(bytes);
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_MODEL, "file", "file is not ONNX: " + e.getMessage(), e);
        }
        return new OnnxForest(file).text(features);
    }

    private void read(OnnxFile.Node ensemble) {
        List<Long> treeIds = ensemble.attribute("nodes_treeids").integers();
        int count = treeIds.size();
        if (count == 0 || count > MOST_NODES) {
            throw refused("nodes_treeids", "must name 1 to " + MOST_NODES + " nodes: " + count);
        }
        List<Long> nodeIds = sized(ensemble, "nodes_nodeids", count, OnnxFile.Attribute::integers);
        List<Long> features = sized(ensemble, "nodes_featureids", count, OnnxFile.Attribute::integers);
        List<Float> values = sized(ensemble, "nodes_values", count, OnnxFile.Attribute::floats);
        List<String> modes = sized(ensemble, "nodes_modes", count, OnnxFile.Attribute::texts);
        List<Long> yes = sized(ensemble, "nodes_truenodeids", count, OnnxFile.Attribute::integers);
        List<Long> no = sized(ensemble, "nodes_falsenodeids", count, OnnxFile.Attribute::integers);
        List<Long> missing = ensemble.attribute("nodes_missing_value_tracks_true").integers();
        for (int i = 0; i < count; i++) {
            Mode mode;
            try {
                mode = Mode.valueOf(modes.get(i));
            } catch (IllegalArgumentException e) {
                throw new DoorstepException(ErrorCode.INVALID_MODEL, "nodes_modes",
                        "nodes_modes has one that is not known: " + DoorstepException.shown(modes.get(i)), e);
            }
            trees.computeIfAbsent(treeIds.get(i), _ -> new HashMap<>()).put(nodeIds.get(i),
                    new Node(mode, (int) (long) features.get(i), values.get(i), yes.get(i), no.get(i),
                            i < missing.size() && missing.get(i) != 0));
        }
        List<Float> leaves = ensemble.attribute("class_weights").floats();
        List<Long> weightTrees = sized(ensemble, "class_treeids", leaves.size(), OnnxFile.Attribute::integers);
        List<Long> weightNodes = sized(ensemble, "class_nodeids", leaves.size(), OnnxFile.Attribute::integers);
        for (int i = 0; i < leaves.size(); i++) {
            Node leaf = trees.getOrDefault(weightTrees.get(i), Map.of()).get(weightNodes.get(i));
            if (leaf == null || leaf.mode() != Mode.LEAF) {
                throw refused("class_nodeids", "names what is no leaf: " + weightNodes.get(i));
            }
            weights.merge(List.of(weightTrees.get(i), weightNodes.get(i)), (double) leaves.get(i), Double::sum);
        }
    }

    private static <T> List<T> sized(OnnxFile.Node node, String name, int count, Function<OnnxFile.Attribute, List<T>> values) {
        List<T> found = values.apply(node.attribute(name));
        if (found.size() != count) {
            throw refused(name, "has " + found.size() + " values instead of " + count);
        }
        return found;
    }

    private String text(List<String> features) {
        StringBuilder text = new StringBuilder("tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx="
                + (features.size() - 1) + "\nobjective=binary sigmoid:1\nfeature_names=" + String.join(" ", features) + "\n");
        int index = 0;
        if (base != 0) {
            LightGbmTree constant = new LightGbmTree();
            constant.leaf(base);
            text.append('\n').append(constant.text(index++));
        }
        for (Map.Entry<Long, Map<Long, Node>> tree : trees.entrySet()) {
            LightGbmTree made = new LightGbmTree();
            add(tree.getKey(), root(tree.getValue()), made, features.size(), 0);
            text.append('\n').append(made.text(index++));
        }
        return text.append("\nend of trees\n").toString();
    }

    /** The node that no other leads to. */
    private static long root(Map<Long, Node> tree) {
        Set<Long> roots = new TreeSet<>(tree.keySet());
        tree.values().stream().filter(node -> node.mode() != Mode.LEAF).forEach(node -> {
            roots.remove(node.yes());
            roots.remove(node.no());
        });
        if (roots.size() != 1) {
            throw refused("nodes_truenodeids", "and nodes_falsenodeids are not those of a tree");
        }
        return roots.iterator().next();
    }

    /** Adds a node and what is below it; its number as a child. */
    private int add(long treeId, long id, LightGbmTree made, int features, int depth) {
        Map<Long, Node> tree = trees.getOrDefault(treeId, Map.of());
        Node node = tree.get(id);
        if (node == null || depth > MOST_DEPTH || ++written > MOST_NODES) {
            throw refused("nodes_truenodeids", "and nodes_falsenodeids are not those of a tree");
        }
        if (node.mode() == Mode.LEAF) {
            return made.leaf(weights.getOrDefault(List.of(treeId, id), 0.0));
        }
        if (node.feature() < 0 || node.feature() >= features) {
            throw refused("nodes_featureids", "names a column that is not there: " + node.feature());
        }
        boolean isSet = node.mode() == Mode.BRANCH_EQ || node.mode() == Mode.BRANCH_NEQ;
        boolean swapped = node.mode() == Mode.BRANCH_GTE || node.mode() == Mode.BRANCH_GT || node.mode() == Mode.BRANCH_NEQ;
        long left = swapped ? node.no() : node.yes();
        long right = swapped ? node.yes() : node.no();
        int index;
        if (isSet) {
            Set<Integer> categories = new TreeSet<>(Set.of(category(node)));
            Node next = tree.get(right);
            while (next != null && next.mode() == Mode.BRANCH_EQ && node.mode() == Mode.BRANCH_EQ && next.feature() == node.feature()
                    && next.yes() == left) {
                categories.add(category(next));
                right = next.no();
                next = tree.get(right);
                if (++written > MOST_NODES) {
                    throw refused("nodes_falsenodeids", "come back to where they were");
                }
            }
            index = made.split(node.feature(), categories);
        } else {
            boolean missingGoesLeft = node.missingIsYes() != swapped;
            index = made.split(node.feature(), threshold(node), missingGoesLeft);
        }
        made.children(index, add(treeId, left, made, features, depth + 1), add(treeId, right, made, features, depth + 1));
        return index;
    }

    private static int category(Node node) {
        float value = node.value();
        if (!(value >= 0 && value < 1_000_000 && value == (int) value)) {
            throw refused("nodes_values", "compares with what is no category: " + value);
        }
        if (node.missingIsYes()) {
            throw refused("nodes_missing_value_tracks_true", "takes a missing value for a category");
        }
        return (int) value;
    }

    /** The largest double that, rounded to a float, goes left. */
    private static double threshold(Node node) {
        boolean withEqual = node.mode() == Mode.BRANCH_LEQ || node.mode() == Mode.BRANCH_GT;
        float last = withEqual ? node.value() : Math.nextDown(node.value());
        if (Float.isInfinite(last)) {
            return last;
        }
        double middle = ((double) last + Math.nextUp(last)) / 2;
        return (float) middle == last ? middle : Math.nextDown(middle);
    }

    private static DoorstepException refused(String field, String what) {
        return new DoorstepException(ErrorCode.INVALID_MODEL, field, field + " of the ONNX model " + what);
    }
}
