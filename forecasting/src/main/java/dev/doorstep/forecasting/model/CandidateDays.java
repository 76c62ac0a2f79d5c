package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.calendar.OpenDays;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * The bins of one order on its calendar: which of them are open and what the day features are. A thread's working memory, filled order by
 * order without allocating; not thread-safe.
 */
public final class CandidateDays {
    private static final int WEEKDAY_OF_EPOCH = 3;

    private final Support support;
    private final int earliestOpenDay;
    private final boolean[] open;
    private final int[] openDay;
    private final int[] closedBefore;
    private long anchorDay;
    private @Nullable OpenDays delivers;
    private int lastOpen;

    /**
     * Memory for the orders of one model.
     *
     * @param earliestOpenDay bins with fewer open days than this since the preparation day are not candidates
     */
    public CandidateDays(Support support, int earliestOpenDay) {
        this.support = support;
        this.earliestOpenDay = earliestOpenDay;
        this.open = new boolean[support.bins()];
        this.openDay = new int[support.bins()];
        this.closedBefore = new int[support.bins()];
    }

    /**
     * Takes an order's calendar over.
     *
     * @param delivers days on which the carrier delivers
     */
    public void set(FeatureEncoder.Clock clock, OpenDays delivers) {
        this.anchorDay = clock.anchorDay();
        this.delivers = delivers;
        lastOpen = -1;
        // Open days are counted from the preparation day; before it they count down.
        int elapsed = 0;
        long counted = clock.preparationDay();
        int closed = closedBefore(anchorDay + support.first(), delivers);
        for (int bin = 0; bin < open.length; bin++) {
            long start = anchorDay + support.starts()[bin];
            long end = anchorDay + support.endOf(bin);
            while (counted < start) {
                elapsed += delivers.isOpen(++counted) ? 1 : 0;
            }
            while (counted > start) {
                elapsed -= delivers.isOpen(counted--) ? 1 : 0;
            }
            boolean any = false;
            closedBefore[bin] = closed;
            for (long day = start; day < end; day++) {
                boolean isOpen = delivers.isOpen(day);
                any |= isOpen;
                closed = isOpen ? 0 : closed + 1;
            }
            openDay[bin] = elapsed;
            open[bin] = any && elapsed >= earliestOpenDay;
            if (open[bin]) {
                lastOpen = bin;
            }
        }
        if (lastOpen < 0) {
            // Nothing is open that early: the last bin takes it all.
            lastOpen = open.length - 1;
            open[lastOpen] = true;
        }
    }

    /** Whether something can be delivered in the bin. */
    public boolean isOpen(int bin) {
        return open[bin];
    }

    /** Whether something can be delivered on a day, given by its days since the anchor's. */
    boolean isOpenDay(int offset) {
        return delivers != null && delivers.isOpen(anchorDay + offset);
    }

    /** The last open bin: what has not arrived before arrives then. */
    public int lastOpen() {
        return lastOpen;
    }

    /** Days open for delivery between the preparation day and the bin's first day. */
    public int openDay(int bin) {
        return openDay[bin];
    }

    /** The first open bin that is not before the given one. */
    public int openOnOrAfter(int bin) {
        int candidate = bin;
        while (candidate < lastOpen && !open[candidate]) {
            candidate++;
        }
        return Math.min(candidate, lastOpen);
    }

    /** The value of a day feature in a bin, NaN where it is missing; of those that count from something of the order's, before it is taken off. */
    public double value(DayFeature feature, int bin) {
        boolean single = support.endOf(bin) - support.starts()[bin] == 1;
        long day = anchorDay + support.starts()[bin];
        return switch (feature) {
            case DAY, AFTER_PROMISE -> support.starts()[bin];
            case OPEN_DAY, AFTER_EXPECTED -> openDay[bin];
            case WEEKDAY -> single ? Math.floorMod(day + WEEKDAY_OF_EPOCH, 7) : Double.NaN;
            case CLOSED_BEFORE -> single ? closedBefore[bin] : Double.NaN;
            case DAY_OF_YEAR -> LocalDate.ofEpochDay(day).getDayOfYear();
        };
    }

    private static int closedBefore(long day, OpenDays delivers) {
        int closed = 0;
        while (closed < 14 && !delivers.isOpen(day - 1 - closed)) {
            closed++;
        }
        return closed;
    }
}
