package dev.doorstep.forecasting.model;

import java.util.Map;

/**
 * Corrects whole distributions (Chernozhukov, Wüthrich and Zhu, Distributional conformal prediction, 2021): where outcomes fell in past
 * forecasts of a group says what a forecast probability is worth. Groups are the lane, else the region, else all; a group's correction is
 * already shrunk towards the wider ones. Immutable and thread-safe.
 *
 * @param all correction where no group is known: for probabilities 0, 1/n, 2/n … 1 what they are worth
 * @param groups corrections by group key, as many values each
 * @param counts outcomes that each group's correction rests on
 * @param correlations how much orders from two origins to one region miss their forecasts together, by {@link #pair}, 0 to below 1
 */
@SuppressWarnings("ArrayRecordComponent") // read once from a bundle, compared by its digest
public record Calibration(double[] all, Map<String, double[]> groups, Map<String, Integer> counts, Map<String, Double> correlations) {
    /** Steps that a correction has. */
    public static final int STEPS = 200;
    /** The key of all pairs of origins together. */
    public static final String ANY_PAIR = "all";
    /** The group of every order. */
    public static final String ALL = "all";

    public Calibration {
        groups = Map.copyOf(groups);
        counts = Map.copyOf(counts);
        correlations = Map.copyOf(correlations);
        check("all", all);
        groups.forEach(Calibration::check);
        correlations.forEach((pair, correlation) -> {
            if (!(correlation >= 0 && correlation < 1)) {
                throw new IllegalArgumentException("correlation of " + pair + " must lie between 0 and 1: " + correlation);
            }
        });
    }

    /** The key of two origins, whichever comes first. */
    public static String pair(String origin, String other) {
        return origin.compareTo(other) < 0 ? origin + "+" + other : other + "+" + origin;
    }

    /** How much orders from two origins miss their forecasts together; of a pair that was not seen that of all pairs, without any 0. */
    public double correlation(String origin, String other) {
        Double known = correlations.get(pair(origin, other));
        return known == null ? correlations.getOrDefault(ANY_PAIR, 0.0) : known;
    }

    /** A correction that changes nothing. */
    public static Calibration none() {
        double[] identity = new double[STEPS + 1];
        for (int i = 0; i <= STEPS; i++) {
            identity[i] = (double) i / STEPS;
        }
        return new Calibration(identity, Map.of(), Map.of(), Map.of());
    }

    /** The correction of the narrowest group that outcomes are known of; that of all where it has none. */
    public double[] of(String lane, String region) {
        return groups.getOrDefault(group(lane, region), all);
    }

    /** The narrowest group that outcomes are known of: the lane, the region or {@value #ALL}. */
    public String group(String lane, String region) {
        return counts.containsKey(lane) ? lane : counts.containsKey(region) ? region : ALL;
    }

    /** Corrects cumulative probabilities in place. */
    public static void apply(double[] correction, double[] cumulative) {
        for (int i = 0; i < cumulative.length; i++) {
            cumulative[i] = worth(correction, cumulative[i]);
        }
    }

    /** What one probability is worth. */
    public static double worth(double[] correction, double probability) {
        double position = probability * STEPS;
        int below = Math.min(STEPS - 1, (int) position);
        return correction[below] + (position - below) * (correction[below + 1] - correction[below]);
    }

    private static void check(String name, double[] values) {
        boolean valid = values.length == STEPS + 1 && values[0] == 0 && values[STEPS] == 1;
        for (int i = 1; valid && i < values.length; i++) {
            valid = values[i] >= values[i - 1];
        }
        if (!valid) {
            throw new IllegalArgumentException("calibration of " + name + " must ascend from 0 to 1 in " + STEPS + " steps");
        }
    }
}
