package dev.doorstep.modeltraining.training;

/**
 * How a hazard forest is grown.
 *
 * @param rounds trees
 * @param leaves leaves a tree
 * @param leastInLeaf orders a leaf needs; each is as many rows as it has candidate days
 * @param learningRate of each tree
 * @param halfLifeDays orders so much older weigh half
 */
public record HazardParameters(int rounds, int leaves, int leastInLeaf, double learningRate, double halfLifeDays) {
    private static final double CATEGORY_ORDERS = 8;

    HazardParameters withRounds(int number) {
        return new HazardParameters(number, leaves, leastInLeaf, learningRate, halfLifeDays);
    }

    String lightGbm(long seed, int threads, double rowsPerOrder) {
        return "objective=binary verbosity=-1 deterministic=true force_row_wise=true max_bin=255 num_threads=" + threads + " seed=" + seed
                + " num_leaves=" + leaves + " min_data_in_leaf=" + Math.round(leastInLeaf * rowsPerOrder) + " learning_rate=" + learningRate
                + " feature_fraction=0.6 lambda_l2=5 max_cat_to_onehot=4 cat_l2=20 cat_smooth="
                + Math.round(CATEGORY_ORDERS * rowsPerOrder) + " min_data_per_group=" + Math.round(2 * CATEGORY_ORDERS * rowsPerOrder)
                + " ";
    }
}
