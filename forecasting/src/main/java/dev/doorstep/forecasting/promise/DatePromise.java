package dev.doorstep.forecasting.promise;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.DayDistribution;
import java.time.LocalDate;

/**
 * The promise layer: turns a distribution into a date that holds with an asked confidence.
 *
 * @param deliveryDate first day by whose end it has arrived with at least the confidence
 * @param probability that it has, at least the confidence
 * @param window central span that holds at least the confidence, with the single most probable day
 */
public record DatePromise(LocalDate deliveryDate, double probability, PredictionAnswer.Window window) {
    /**
     * The promise of a distribution.
     *
     * @param confidence 0 to 1, both excluded
     */
    public static DatePromise of(DayDistribution distribution, double confidence) {
        if (!(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException("confidence must lie between 0 and 1: " + confidence);
        }
        long date = distribution.quantile(confidence);
        double tail = (1 - confidence) / 2;
        long mode = distribution.mode();
        // At low confidences the middle of a skewed distribution holds neither the promised nor the likely day by itself.
        long earliest = Math.min(distribution.quantile(tail), Math.min(date, mode));
        long latest = Math.max(distribution.quantile(1 - tail), Math.max(date, mode));
        double within = distribution.cumulative(latest) - distribution.cumulative(earliest - 1);
        return new DatePromise(LocalDate.ofEpochDay(date), Math.max(confidence, rounded(distribution.cumulative(date))),
                new PredictionAnswer.Window(LocalDate.ofEpochDay(earliest), LocalDate.ofEpochDay(mode),
                        LocalDate.ofEpochDay(latest), rounded(within)));
    }

    /** A probability as answers show it: to four decimals, downward, so that none is overstated. */
    public static double rounded(double probability) {
        return Math.floor(probability * 10_000 + 1e-6) / 10_000;
    }
}
