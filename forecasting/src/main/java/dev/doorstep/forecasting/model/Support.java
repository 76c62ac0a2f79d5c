package dev.doorstep.forecasting.model;

import java.util.Arrays;

/**
 * The days over which a model spreads, counted from the anchor's day, in at most {@value #MOST_BINS} bins. A bin is one day, or, where days
 * are many, a span of them whose probability is divided as outcomes were. Immutable.
 *
 * @param starts first day of each bin, ascending
 * @param end the day after the last bin
 * @param shares for each day from the first to the last, its share of its bin; 1 where the bin is one day
 */
@SuppressWarnings("ArrayRecordComponent") // read once from a bundle, compared by its digest
public record Support(int[] starts, int end, double[] shares) {
    /** Most bins of a support: what a forecast costs grows with them. */
    public static final int MOST_BINS = 40;

    public Support {
        if (starts.length == 0 || starts.length > MOST_BINS) {
            throw new IllegalArgumentException("support must have 1 to " + MOST_BINS + " bins: " + starts.length);
        }
        for (int i = 1; i < starts.length; i++) {
            if (starts[i] <= starts[i - 1]) {
                throw new IllegalArgumentException("support's starts must ascend: " + Arrays.toString(starts));
            }
        }
        if (end <= starts[starts.length - 1] || shares.length != end - starts[0]) {
            throw new IllegalArgumentException("support needs a share for each day from " + starts[0] + " to before " + end + ": "
                    + shares.length);
        }
    }

    /** How many bins there are. */
    public int bins() {
        return starts.length;
    }

    /** The first day. */
    public int first() {
        return starts[0];
    }

    /** How many days there are. */
    public int days() {
        return shares.length;
    }

    /** Whether nearly each bin is a day, from about the anchor's on: then open days can be counted on it. */
    public boolean daily() {
        int single = 0;
        for (int bin = 0; bin < starts.length; bin++) {
            single += endOf(bin) - starts[bin] == 1 ? 1 : 0;
        }
        return starts[0] >= -1 && single >= 0.75 * starts.length;
    }

    /** The day after a bin. */
    public int endOf(int bin) {
        return bin + 1 < starts.length ? starts[bin + 1] : end;
    }

    /** The bin of a day; days before the first belong to the first bin, days after the last to the last. */
    public int binOf(int day) {
        int found = Arrays.binarySearch(starts, day);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }
}
