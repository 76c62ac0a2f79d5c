package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.Support;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Chooses the days that a model forecasts over. */
final class Supports {
    private static final int ROOM = 4;
    private static final int SINGLE_DAYS = 34;
    private static final double EXTREME = 0.0005;

    private Supports() {}

    /**
     * A support of the outcomes' days: one bin a day where they fit, else bins of about the same share, but none wider than a day where
     * the days themselves weigh that much.
     *
     * @param offsets days from anchor to delivery, at least one
     */
    static Support of(int[] offsets) {
        int[] sorted = offsets.clone();
        java.util.Arrays.sort(sorted);
        int low = sorted[(int) (EXTREME * (sorted.length - 1))];
        int high = sorted[(int) ((1 - EXTREME) * (sorted.length - 1))];
        NavigableMap<Integer, Integer> counts = new TreeMap<>();
        for (int offset : sorted) {
            counts.merge(offset, 1, Integer::sum);
        }
        if (high - low < Support.MOST_BINS) {
            int end = Math.min(high + 1 + ROOM, low + Support.MOST_BINS);
            int[] starts = IntStream.range(low, end).toArray();
            return new Support(starts, end, shares(starts, end, counts));
        }
        int most = sorted[(int) (0.99 * (sorted.length - 1))];
        if (most - low <= SINGLE_DAYS) {
            return withTail(low, high + 1, counts);
        }
        List<Integer> starts = starts(counts, sorted.length / (double) Support.MOST_BINS);
        for (double share = 1.05; starts.size() > Support.MOST_BINS; share *= 1.05) {
            starts = starts(counts, share * sorted.length / Support.MOST_BINS);
        }
        int[] first = starts.stream().mapToInt(Integer::intValue).toArray();
        int end = counts.lastKey() + 1;
        return new Support(first, end, shares(first, end, counts));
    }

    /** Single days for nearly all, then bins that double. */
    private static Support withTail(int low, int end, NavigableMap<Integer, Integer> counts) {
        List<Integer> starts = new ArrayList<>();
        int width = 1;
        for (int day = low; day < end && starts.size() < Support.MOST_BINS; day += width) {
            width = day - low < SINGLE_DAYS ? 1 : 2 * width;
            starts.add(day);
        }
        int[] first = starts.stream().mapToInt(Integer::intValue).toArray();
        return new Support(first, end, shares(first, end, counts));
    }

    private static List<Integer> starts(NavigableMap<Integer, Integer> counts, double target) {
        List<Integer> starts = new ArrayList<>();
        double within = target;
        boolean whole = false;
        for (int day = counts.firstKey(); day <= counts.lastKey(); day++) {
            int count = counts.getOrDefault(day, 0);
            boolean alone = count >= target / 2;
            if (within >= target || alone || whole) {
                starts.add(day);
                within = 0;
            }
            within += count;
            whole = alone;
        }
        return starts;
    }

    private static double[] shares(int[] starts, int end, NavigableMap<Integer, Integer> counts) {
        double[] shares = new double[end - starts[0]];
        for (int bin = 0; bin < starts.length; bin++) {
            int to = bin + 1 < starts.length ? starts[bin + 1] : end;
            double sum = 0;
            for (int day = starts[bin]; day < to; day++) {
                sum += counts.getOrDefault(day, 0) + 0.5;
            }
            for (int day = starts[bin]; day < to; day++) {
                shares[day - starts[0]] = (counts.getOrDefault(day, 0) + 0.5) / sum;
            }
        }
        return shares;
    }
}
