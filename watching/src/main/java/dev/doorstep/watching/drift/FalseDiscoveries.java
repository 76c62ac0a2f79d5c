package dev.doorstep.watching.drift;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Which of many p-values to believe, however they depend on each other (Benjamini and Yekutieli 2001). */
public final class FalseDiscoveries {
    private FalseDiscoveries() {}

    /**
     * The p-values adjusted, so that those below α are together wrong in a share of α at most.
     *
     * @param pValues 0 to 1
     * @return adjusted, in the same order, 1 at most
     */
    public static double[] adjusted(double[] pValues) {
        int n = pValues.length;
        double harmonic = IntStream.rangeClosed(1, n).mapToDouble(i -> 1.0 / i).sum();
        Integer[] order = IntStream.range(0, n).boxed().toArray(Integer[]::new);
        Arrays.sort(order, Comparator.comparingDouble(i -> pValues[i]));
        double[] adjusted = new double[n];
        double least = 1;
        for (int rank = n; rank >= 1; rank--) {
            int index = order[rank - 1];
            least = Math.min(least, pValues[index] * n * harmonic / rank);
            adjusted[index] = least;
        }
        return adjusted;
    }
}
