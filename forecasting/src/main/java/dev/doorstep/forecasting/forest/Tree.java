package dev.doorstep.forecasting.forest;

/**
 * One tree as LightGBM's model file has it. Inner nodes are numbered from 0; a child of −1 or less is the leaf {@code ~child}. Its arrays
 * are never changed.
 *
 * @param feature of each inner node
 * @param threshold of each inner node; of a categorical one, which of the category sets it has
 * @param decision bits of each inner node: 1 categorical, 2 missing values go left, 4 and 8 which values are missing
 * @param categoryBounds where in {@code categories} each set starts, and after them where the last one ends
 * @param categories sets of categories, 32 to an int
 * @param leafCount rows that came to each leaf in training
 * @param nodeCount rows that came to each inner node
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record Tree(int[] feature, double[] threshold, byte[] decision, int[] left, int[] right, double[] leafValue, int[] categoryBounds,
        int[] categories, double[] leafCount, double[] nodeCount) {
    /** LightGBM's kZeroThreshold, a float there. */
    static final double ZERO = 1e-35f;

    private static final int CATEGORICAL = 1;
    private static final int DEFAULT_LEFT = 2;
    private static final int MISSING_SHIFT = 2;
    private static final int MISSING_MASK = 3;

    /** Which values of a numeric node count as missing. */
    enum Missing {
        NONE, ZERO, NAN
    }

    int leaves() {
        return leafValue.length;
    }

    boolean isCategorical(int node) {
        return (decision[node] & CATEGORICAL) != 0;
    }

    Missing missing(int node) {
        return switch ((decision[node] >> MISSING_SHIFT) & MISSING_MASK) {
            case 0 -> Missing.NONE;
            case 1 -> Missing.ZERO;
            case 2 -> Missing.NAN;
            default -> throw new IllegalStateException("checked when it was read");
        };
    }

    /** Whether a value takes a node's left branch. */
    boolean goesLeft(int node, double value) {
        return isCategorical(node) ? isInSet(node, value) : isBelow(node, value);
    }

    private boolean isBelow(int node, double value) {
        Missing missing = missing(node);
        double number = Double.isNaN(value) && missing != Missing.NAN ? 0 : value;
        boolean isMissing = missing == Missing.NAN && Double.isNaN(number);
        isMissing |= missing == Missing.ZERO && number >= -ZERO && number <= ZERO;
        return isMissing ? (decision[node] & DEFAULT_LEFT) != 0 : number <= threshold[node];
    }

    private boolean isInSet(int node, double value) {
        if (Double.isNaN(value)) {
            return false;
        }
        int category = (int) value;
        int set = (int) threshold[node];
        int word = category >> 5;
        return category >= 0 && word < categoryBounds[set + 1] - categoryBounds[set]
                && (categories[categoryBounds[set] + word] >> (category & 31) & 1) != 0;
    }

    /** The largest category that any set of a node could hold. */
    int largestCategory(int node) {
        int set = (int) threshold[node];
        return (categoryBounds[set + 1] - categoryBounds[set]) * Integer.SIZE - 1;
    }

    /** LightGBM takes a value for zero that is next to it, before any node sees it. */
    static double zeroed(double value) {
        return Math.abs(value) <= ZERO ? 0 : value;
    }

    /**
     * The value that is expected where some features are not known: at their splits both branches count by the rows that took them in
     * training (Lundberg et al., From local explanations to global understanding with explainable AI for trees, 2020, Algorithm 1).
     */
    double expected(double[] row, boolean[] unknown) {
        return leaves() == 1 ? leafValue[0] : expected(0, row, unknown);
    }

    private double expected(int node, double[] row, boolean[] unknown) {
        if (node < 0) {
            return leafValue[~node];
        }
        if (!unknown[feature[node]]) {
            return expected(goesLeft(node, zeroed(row[feature[node]])) ? left[node] : right[node], row, unknown);
        }
        double below = count(left[node]) / nodeCount[node];
        return below * expected(left[node], row, unknown) + (1 - below) * expected(right[node], row, unknown);
    }

    /** Rows that came to a child, be it a node or a leaf. */
    double count(int node) {
        return node < 0 ? leafCount[~node] : nodeCount[node];
    }

    /** The value of the leaf that a row comes to, node by node. */
    double walk(double[] row) {
        if (leaves() == 1) {
            return leafValue[0];
        }
        int node = 0;
        while (node >= 0) {
            node = goesLeft(node, zeroed(row[feature[node]])) ? left[node] : right[node];
        }
        return leafValue[~node];
    }
}
