package dev.doorstep.forecasting.bundle;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.LocalDate;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What features looked like in training, for drift to be seen against: a file of each bundle. Only those are in it by which
 * drift shows.
 *
 * @param quantiles of each numeric feature, at evenly spaced ranks from 0 to 1; empty where it was always missing
 * @param shares of each category by name
 * @param missing share of missing values by feature
 * @param count orders that it was made of; null in bundles of releases that did not tell, which were large, and in the parts of {@code matched}
 * @param matched the same of the orders of one weekday and season (UTC), by {@link #weekdayAndSeason}, and of the features of which those
 *     say enough; null in these themselves
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftReference(Map<String, double[]> quantiles, Map<String, Map<String, Double>> shares, Map<String, Double> missing,
        @Nullable Long count, @Nullable Map<String, DriftReference> matched) {
    /** Its name in the bundle. */
    public static final String FILE = "drift.json";

    public DriftReference {
        Objects.requireNonNull(quantiles, "quantiles");
        Objects.requireNonNull(shares, "shares");
        Objects.requireNonNull(missing, "missing");
    }

    /** What a feature is held against on a day: its weekday's and season's reference, else that of all orders. */
    public DriftReference of(String feature, LocalDate day) {
        DriftReference own = matched == null ? null : matched.get(weekdayAndSeason(day));
        return own != null && own.missing.containsKey(feature) ? own : this;
    }

    /** A day's weekday and quarter of the year, winter being December to February, such as {@code monday/dec-feb}. */
    public static String weekdayAndSeason(LocalDate day) {
        Month first = Month.DECEMBER.plus(day.getMonthValue() / 3 * 3L);
        return day.getDayOfWeek().name().toLowerCase(Locale.ROOT) + "/" + name(first) + "-" + name(first.plus(2));
    }

    private static String name(Month month) {
        return month.getDisplayName(TextStyle.SHORT, Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
