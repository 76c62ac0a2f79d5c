package dev.doorstep.forecasting.forest;

import java.util.List;
import java.util.TreeSet;

/**
 * What the values of one feature rule out. Its values fall into bins within which every node that asks for the feature decides alike; for
 * each bin and each tree that asks, a mask has the leaves that are still possible. Immutable.
 */
final class FeatureMasks {
    private final boolean categorical;
    /** Upper ends of the bins of a numeric feature, ascending; what is above the last one has a bin of its own. */
    private final double[] bounds;
    /** Categories from 0 that have bins of their own. */
    private final int categories;
    private final int[] users;
    private final long[] masks;

    private FeatureMasks(boolean categorical, double[] bounds, int categories, int[] users, long[] masks) {
        this.categorical = categorical;
        this.bounds = bounds;
        this.categories = categories;
        this.users = users;
        this.masks = masks;
    }

    /**
     * The masks of a numeric feature.
     *
     * @param trees all trees
     * @param users which of them ask for the feature
     * @param leaves the leaves below each node's left branch, by tree and node
     */
    static FeatureMasks numeric(int feature, List<Tree> trees, int[] users, long[][] leaves) {
        TreeSet<Double> ends = new TreeSet<>();
        for (int user : users) {
            Tree tree = trees.get(user);
            for (int node = 0; node < tree.feature().length; node++) {
                if (tree.feature()[node] == feature) {
                    // One zero for both, as the comparison of numbers has it.
                    ends.add(tree.threshold()[node] + 0.0);
                    if (tree.missing(node) == Tree.Missing.ZERO) {
                        ends.add(Math.nextDown(-Tree.ZERO));
                        ends.add(Tree.ZERO);
                    }
                }
            }
        }
        double[] bounds = ends.stream().mapToDouble(Double::doubleValue).toArray();
        long[] masks = new long[(bounds.length + 2) * users.length];
        for (int bin = 0; bin < bounds.length + 2; bin++) {
            double value = bin < bounds.length ? bounds[bin] : bin == bounds.length ? Double.POSITIVE_INFINITY : Double.NaN;
            fill(masks, bin, feature, value, trees, users, leaves);
        }
        return new FeatureMasks(false, bounds, 0, users, masks);
    }

    /** The masks of a categorical feature, with arguments as of a numeric one. */
    static FeatureMasks categorical(int feature, List<Tree> trees, int[] users, long[][] leaves) {
        int largest = -1;
        for (int user : users) {
            Tree tree = trees.get(user);
            for (int node = 0; node < tree.feature().length; node++) {
                if (tree.feature()[node] == feature) {
                    largest = Math.max(largest, tree.largestCategory(node));
                }
            }
        }
        int categories = largest + 1;
        long[] masks = new long[(categories + 1) * users.length];
        for (int bin = 0; bin <= categories; bin++) {
            fill(masks, bin, feature, bin < categories ? bin : Double.NaN, trees, users, leaves);
        }
        return new FeatureMasks(true, new double[0], categories, users, masks);
    }

    private static void fill(long[] masks, int bin, int feature, double value, List<Tree> trees, int[] users, long[][] leaves) {
        for (int i = 0; i < users.length; i++) {
            Tree tree = trees.get(users[i]);
            long possible = -1;
            for (int node = 0; node < tree.feature().length; node++) {
                if (tree.feature()[node] == feature && !tree.goesLeft(node, value)) {
                    possible &= ~leaves[users[i]][node];
                }
            }
            masks[bin * users.length + i] = possible;
        }
    }

    /** Rules out what a value rules out. */
    void apply(double value, long[] possible) {
        int offset = bin(value) * users.length;
        for (int i = 0; i < users.length; i++) {
            possible[users[i]] &= masks[offset + i];
        }
    }

    long bytes() {
        return (long) masks.length * Long.BYTES;
    }

    private int bin(double value) {
        if (categorical) {
            int category = (int) value;
            return Double.isNaN(value) || category < 0 || category >= categories ? categories : category;
        }
        if (Double.isNaN(value)) {
            return bounds.length + 1;
        }
        double number = Tree.zeroed(value);
        int low = 0;
        int high = bounds.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (bounds[middle] < number) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
