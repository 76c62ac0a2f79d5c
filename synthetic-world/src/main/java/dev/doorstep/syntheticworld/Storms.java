package dev.doorstep.syntheticworld;

import java.time.LocalDate;
import java.time.Month;

/**
 * Weather that stops delivery: in each weather region (the first digit of the ZIP code) a storm begins on a day with a probability that
 * depends on the season, and goes on to the next day with {@value #GOES_ON}. Immutable.
 */
final class Storms {
    static final int REGIONS = 10;
    /** Probability that a parcel is not delivered on a day of storm. */
    static final double STOPS = 0.85;
    static final double GOES_ON = 0.5;

    private final long firstDay;
    private final boolean[][] stormy;

    Storms(Draw draw, long firstDay, int days) {
        this.firstDay = firstDay;
        this.stormy = new boolean[REGIONS][days];
        for (boolean[] region : stormy) {
            for (int day = 1; day < days; day++) {
                region[day] = draw.chance(region[day - 1] ? GOES_ON : begins(firstDay + day));
            }
        }
    }

    boolean isStormy(int region, long day) {
        int index = (int) (day - firstDay);
        return index >= 0 && index < stormy[region].length && stormy[region][index];
    }

    /** Probability that a storm begins on a day after one without. */
    static double begins(long day) {
        Month month = LocalDate.ofEpochDay(day).getMonth();
        return switch (month) {
            case DECEMBER, JANUARY, FEBRUARY, MARCH -> 0.014;
            case AUGUST, SEPTEMBER -> 0.008;
            default -> 0.005;
        };
    }
}
