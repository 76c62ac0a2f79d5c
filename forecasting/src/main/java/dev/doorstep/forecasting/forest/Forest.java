package dev.doorstep.forecasting.forest;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A LightGBM forest, scored by QuickScorer (Lucchese et al. 2015) with the masks of each feature's bins computed beforehand: a value rules
 * out leaves in all trees by one pass of ANDs over flat arrays, and the leftmost leaf that is left is the one that a walk would end at. Raw
 * scores equal those of LightGBM to the last bit: the same leaves, added in the same order. Trees of more than 64 leaves are walked.
 *
 * <p>Immutable and thread-safe; each thread scores with {@link Scratch} of its own and without allocating.
 */
public final class Forest {
    private static final int MASKED_LEAVES = Long.SIZE;
    private static final long MOST_BYTES = 256L << 20;

    private final List<String> featureNames;
    private final String objective;
    private final List<Tree> trees;
    private final int[] tall;
    private final @Nullable FeatureMasks[] masks;
    /** Leaves from left to right, tree after tree. */
    private final double[] leaves;
    private final int[] firstLeaf;

    private Forest(ModelFile file) {
        this.featureNames = List.copyOf(file.featureNames());
        this.objective = file.objective();
        this.trees = List.copyOf(file.trees());
        this.tall = java.util.stream.IntStream.range(0, trees.size()).filter(tree -> trees.get(tree).leaves() > MASKED_LEAVES).toArray();
        this.firstLeaf = new int[trees.size()];
        int total = 0;
        for (int i = 0; i < trees.size(); i++) {
            firstLeaf[i] = total;
            total += trees.get(i).leaves() > MASKED_LEAVES ? 1 : trees.get(i).leaves();
        }
        this.leaves = new double[total];
        long[][] leftLeaves = new long[trees.size()][];
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            leftLeaves[i] = new long[tree.feature().length];
            if (tree.leaves() == 1) {
                leaves[firstLeaf[i]] = tree.leafValue()[0];
            } else if (tree.leaves() <= MASKED_LEAVES) {
                number(tree, 0, 0, firstLeaf[i], leftLeaves[i]);
            }
        }
        this.masks = masks(leftLeaves);
    }

    /**
     * Reads LightGBM's model file.
     *
     * @throws DoorstepException {@code INVALID_MODEL} that names what can't be scored exactly, or is damaged
     */
    public static Forest read(String modelText) {
        return new Forest(ModelFile.read(modelText));
    }

    /** Names of the features, in the order of a row's values. */
    public List<String> featureNames() {
        return featureNames;
    }

    /** The objective that it was trained for, as the file has it, such as {@code binary sigmoid:1}. */
    public String objective() {
        return objective;
    }

    /** How many trees it has. */
    public int size() {
        return trees.size();
    }

    /** A thread's working memory for this forest. */
    public Scratch scratch() {
        return new Scratch(trees.size());
    }

    /** Working memory of one thread. */
    public static final class Scratch {
        private final long[] fixed;
        private final long[] possible;

        private Scratch(int trees) {
            this.fixed = new long[trees];
            this.possible = new long[trees];
        }
    }

    /**
     * Splits the features into those that are fixed over many rows and those that vary.
     *
     * @param varying indexes of the features that vary from row to row
     */
    public Plan plan(int... varying) {
        BitSet varies = new BitSet();
        for (int feature : varying) {
            varies.set(feature);
        }
        List<Integer> fixed = new ArrayList<>();
        List<Integer> moving = new ArrayList<>();
        for (int feature = 0; feature < masks.length; feature++) {
            if (masks[feature] != null) {
                (varies.get(feature) ? moving : fixed).add(feature);
            }
        }
        return new Plan(fixed.stream().mapToInt(Integer::intValue).toArray(), moving.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Scores rows that share some of their features. Immutable. */
    public final class Plan {
        private final int[] fixed;
        private final int[] varying;

        private Plan(int[] fixed, int[] varying) {
            this.fixed = fixed;
            this.varying = varying;
        }

        /** Takes over the fixed features of a row; to be called before {@link #score}, once for all rows that share them. */
        public void fix(double[] row, Scratch scratch) {
            java.util.Arrays.fill(scratch.fixed, -1);
            apply(fixed, row, scratch.fixed);
        }

        /**
         * The raw score of a row, whose fixed features are those of {@link #fix}.
         *
         * @param row a value for each feature, NaN where it is missing; categories as whole numbers
         */
        public double score(double[] row, Scratch scratch) {
            System.arraycopy(scratch.fixed, 0, scratch.possible, 0, scratch.possible.length);
            apply(varying, row, scratch.possible);
            return sum(row, scratch.possible);
        }
    }

    /**
     * The raw score that is expected where some features are not known; for explaining, and far slower than a score.
     *
     * @param unknown for each feature whether it is not known
     */
    public double expected(double[] row, boolean[] unknown) {
        double sum = 0;
        for (Tree tree : trees) {
            sum += tree.expected(row, unknown);
        }
        return sum;
    }

    private void apply(int[] features, double[] row, long[] possible) {
        for (int feature : features) {
            FeatureMasks mask = masks[feature];
            if (mask != null) {
                mask.apply(row[feature], possible);
            }
        }
    }

    private double sum(double[] row, long[] possible) {
        double sum = 0;
        int next = 0;
        for (int i = 0; i < tall.length; i++) {
            sum = sum(sum, next, tall[i], possible) + trees.get(tall[i]).walk(row);
            next = tall[i] + 1;
        }
        return sum(sum, next, possible.length, possible);
    }

    private double sum(double start, int from, int to, long[] possible) {
        double sum = start;
        for (int tree = from; tree < to; tree++) {
            sum += leaves[firstLeaf[tree] + Long.numberOfTrailingZeros(possible[tree])];
        }
        return sum;
    }

    /** Numbers the leaves of a node's subtree from left to right; returns the number after the last one. */
    private int number(Tree tree, int node, int from, int first, long[] leftLeaves) {
        if (node < 0) {
            leaves[first + from] = tree.leafValue()[~node];
            return from + 1;
        }
        int middle = number(tree, tree.left()[node], from, first, leftLeaves);
        // At most 63 leaves lie to the left of something.
        leftLeaves[node] = ((1L << middle) - 1) & -(1L << from);
        return number(tree, tree.right()[node], middle, first, leftLeaves);
    }

    private @Nullable FeatureMasks[] masks(long[][] leftLeaves) {
        List<BitSet> users = new ArrayList<>();
        featureNames.forEach(_ -> users.add(new BitSet()));
        BitSet numeric = new BitSet();
        BitSet categorical = new BitSet();
        for (int i = 0; i < trees.size(); i++) {
            Tree tree = trees.get(i);
            for (int node = 0; node < tree.feature().length; node++) {
                (tree.isCategorical(node) ? categorical : numeric).set(tree.feature()[node]);
                if (tree.leaves() <= MASKED_LEAVES) {
                    users.get(tree.feature()[node]).set(i);
                }
            }
        }
        if (numeric.intersects(categorical)) {
            numeric.and(categorical);
            throw refused(featureNames.get(numeric.nextSetBit(0)), "is split as a number and as a category");
        }
        @Nullable
        FeatureMasks[] made = new FeatureMasks[featureNames.size()];
        long bytes = 0;
        for (int feature = 0; feature < made.length; feature++) {
            int[] asking = users.get(feature).stream().toArray();
            if (asking.length > 0) {
                FeatureMasks mask = categorical.get(feature)
                        ? FeatureMasks.categorical(feature, trees, asking, leftLeaves)
                        : FeatureMasks.numeric(feature, trees, asking, leftLeaves);
                bytes += mask.bytes();
                if (bytes > MOST_BYTES) {
                    throw refused(featureNames.get(feature), "makes the masks larger than " + (MOST_BYTES >> 20) + " MB");
                }
                made[feature] = mask;
            }
        }
        return made;
    }

    private static DoorstepException refused(String field, String what) {
        return new DoorstepException(ErrorCode.INVALID_MODEL, field, field + " " + what);
    }
}
