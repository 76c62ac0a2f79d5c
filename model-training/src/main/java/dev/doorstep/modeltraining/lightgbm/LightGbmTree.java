package dev.doorstep.modeltraining.lightgbm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A tree on its way into LightGBM's model file. Splits are added before their children. Not thread-safe. */
public final class LightGbmTree {
    private static final int NAN_GOES_RIGHT = 8;
    private static final int NAN_GOES_LEFT = 10;
    private static final int IN_SET = 1;

    private final List<Integer> features = new ArrayList<>();
    private final List<Double> thresholds = new ArrayList<>();
    private final List<Integer> decisions = new ArrayList<>();
    private final List<Integer> lefts = new ArrayList<>();
    private final List<Integer> rights = new ArrayList<>();
    private final List<Double> leaves = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final List<Integer> bounds = new ArrayList<>(List.of(0));
    private final List<Integer> sets = new ArrayList<>();

    /** Adds a leaf of which nobody knows how many rows came to it; its number as a child. */
    public int leaf(double value) {
        leaves.add(value);
        return ~(leaves.size() - 1);
    }

    /**
     * Adds a leaf; its number as a child.
     *
     * @param rows how many came to it; known of all leaves or of none
     */
    public int leaf(double value, int rows) {
        counts.add(rows);
        return leaf(value);
    }

    /** Adds a split whose left child takes values up to a threshold; its number as a child. */
    public int split(int feature, double threshold, boolean nanGoesLeft) {
        return split(feature, threshold, nanGoesLeft ? NAN_GOES_LEFT : NAN_GOES_RIGHT);
    }

    /** Adds a split whose left child takes some categories; its number as a child. */
    public int split(int feature, Set<Integer> categories) {
        int words = categories.stream().mapToInt(Integer::intValue).max().orElseThrow() / Integer.SIZE + 1;
        int[] bits = new int[words];
        categories.forEach(category -> bits[category / Integer.SIZE] |= 1 << category % Integer.SIZE);
        int set = bounds.size() - 1;
        for (int word : bits) {
            sets.add(word);
        }
        bounds.add(sets.size());
        return split(feature, set, IN_SET);
    }

    private int split(int feature, double threshold, int decision) {
        features.add(feature);
        thresholds.add(threshold);
        decisions.add(decision);
        lefts.add(0);
        rights.add(0);
        return features.size() - 1;
    }

    /** Sets the children of a split. */
    public void children(int split, int left, int right) {
        lefts.set(split, left);
        rights.set(split, right);
    }

    /**
     * It as LightGBM writes it.
     *
     * @param index of it in its file
     */
    public String text(int index) {
        StringBuilder text = new StringBuilder("Tree=" + index + "\nnum_leaves=" + leaves.size() + "\nnum_cat=" + (bounds.size() - 1)
                + "\nsplit_feature=" + joined(features) + "\nthreshold=" + joined(thresholds) + "\ndecision_type=" + joined(decisions)
                + "\nleft_child=" + joined(lefts) + "\nright_child=" + joined(rights) + "\nleaf_value=" + joined(leaves) + "\n");
        if (!counts.isEmpty()) {
            text.append("leaf_count=").append(joined(counts)).append("\ninternal_count=").append(joined(inner())).append('\n');
        }
        if (bounds.size() > 1) {
            text.append("cat_boundaries=").append(joined(bounds)).append("\ncat_threshold=")
                    .append(sets.stream().map(Integer::toUnsignedString).collect(Collectors.joining(" "))).append('\n');
        }
        return text.append("is_linear=0\nshrinkage=1\n").toString();
    }

    /** How many rows came to each split. */
    private List<Integer> inner() {
        List<Integer> inner = new ArrayList<>(features);
        for (int split = inner.size() - 1; split >= 0; split--) {
            inner.set(split, rows(lefts.get(split), inner) + rows(rights.get(split), inner));
        }
        return inner;
    }

    private int rows(int child, List<Integer> inner) {
        return child < 0 ? counts.get(~child) : inner.get(child);
    }

    private static String joined(List<?> values) {
        return values.stream().map(Object::toString).map(value -> value.equals("Infinity") ? "inf" : value)
                .map(value -> value.equals("-Infinity") ? "-inf" : value).collect(Collectors.joining(" "));
    }
}
