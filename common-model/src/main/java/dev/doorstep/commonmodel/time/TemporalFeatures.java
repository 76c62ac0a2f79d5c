package dev.doorstep.commonmodel.time;

import java.time.LocalDate;

/**
 * The three temporal features of an instant, in UTC.
 *
 * @param dayOfYear 1–366
 * @param dayOfWeek 0 = Monday … 6 = Sunday
 * @param hourOfDay 0–23
 */
public record TemporalFeatures(int dayOfYear, int dayOfWeek, int hourOfDay) {
    private static final long MILLIS_PER_HOUR = 3_600_000L;
    private static final long MILLIS_PER_DAY = 24 * MILLIS_PER_HOUR;
    /** 1970-01-01 was a Thursday. */
    private static final int WEEKDAY_OF_EPOCH = 3;

    /** Derives the features of an instant given in epoch milliseconds. */
    public static TemporalFeatures of(long epochMillis) {
        long epochDay = Math.floorDiv(epochMillis, MILLIS_PER_DAY);
        int dayOfWeek = (int) Math.floorMod(epochDay + WEEKDAY_OF_EPOCH, 7L);
        int hourOfDay = (int) (Math.floorMod(epochMillis, MILLIS_PER_DAY) / MILLIS_PER_HOUR);
        return new TemporalFeatures(LocalDate.ofEpochDay(epochDay).getDayOfYear(), dayOfWeek, hourOfDay);
    }
}
