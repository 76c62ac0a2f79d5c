package dev.doorstep.predictionservice.drift;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.PinballLoss;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.watching.drift.FeatureSketch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was seen of one model on one day in this process. Not thread-safe. */
public final class Observations implements LearnedForecaster.FeatureObserver {
    private final Map<String, FeatureSketch> features = new HashMap<>();
    private long orders;
    private double loss;
    private double squares;

    /** Takes an order with what was forecast of it. */
    public void add(LearnedForecaster model, List<ForecastInput> parcels, DayDistribution delivery) {
        model.observe(parcels.getFirst(), this);
        double expected = expectedLoss(delivery);
        orders++;
        loss += expected;
        squares += expected * expected;
    }

    @Override
    public void number(String feature, double value) {
        features.computeIfAbsent(feature, _ -> FeatureSketch.ofNumbers()).add(value);
    }

    @Override
    public void name(String feature, @Nullable String value, boolean learned) {
        features.computeIfAbsent(feature, _ -> FeatureSketch.ofNames()).add(value, learned);
    }

    /** Mean over the levels of the pinball loss that the distribution itself expects of its quantiles, days. */
    private static double expectedLoss(DayDistribution delivery) {
        double sum = 0;
        for (double level : PredictionServed.LEVELS) {
            long quantile = delivery.quantile(level);
            for (long day = delivery.firstDay(); day <= delivery.lastDay(); day++) {
                sum += delivery.probability(day) * PinballLoss.of(level, (double) day - quantile);
            }
        }
        return sum / PredictionServed.LEVELS.size();
    }

    /** Totals as they are stored. */
    record Totals(long orders, double loss, double squares) {}

    Totals totals() {
        return new Totals(orders, loss, squares);
    }

    /** Sketches by feature. */
    public Map<String, FeatureSketch> features() {
        return features;
    }
}
