package dev.doorstep.predictionservice.drift;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.watching.drift.FeatureSketch;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was seen of one model on one day in this process. Not thread-safe. */
public final class Observations implements LearnedForecaster.FeatureObserver {
    private final Map<String, FeatureSketch> features = new HashMap<>();
    /** The same by place: a name would be looked up for each feature of each order. */
    private @Nullable FeatureSketch[] places = new FeatureSketch[0];
    private long orders;
    private double loss;
    private double squares;

    /** Takes an order with what was forecast of it. */
    public void add(LearnedForecaster model, List<ForecastInput> parcels, DayDistribution delivery) {
        parcels.forEach(parcel -> model.observe(parcel, this));
        double expected = expectedLoss(delivery);
        orders++;
        loss += expected;
        squares += expected * expected;
    }

    @Override
    public void number(int place, String feature, double value) {
        FeatureSketch sketch = find(place);
        (sketch == null ? put(place, feature, FeatureSketch.ofNumbers()) : sketch).add(value);
    }

    @Override
    public void name(int place, String feature, @Nullable String value, boolean learned) {
        FeatureSketch sketch = find(place);
        (sketch == null ? put(place, feature, FeatureSketch.ofNames()) : sketch).add(value, learned);
    }

    private @Nullable FeatureSketch find(int place) {
        return place < places.length ? places[place] : null;
    }

    private FeatureSketch put(int place, String feature, FeatureSketch sketch) {
        places = Arrays.copyOf(places, Math.max(places.length, place + 1));
        places[place] = sketch;
        features.put(feature, sketch);
        return sketch;
    }

    /** Mean over the levels of the pinball loss that the distribution itself expects of its quantiles, days. */
    static double expectedLoss(DayDistribution delivery) {
        // With q the quantile and F the distribution function, E ρ(T − q) = level · (E T − q) + Σ of F below q: one pass for all levels.
        double reached = 0;
        double sum = 0;
        int next = 0;
        int levels = PredictionServed.LEVELS.size();
        double weighed = 0;
        long day = delivery.firstDay();
        for (; day < delivery.lastDay() || next < levels; day++) {
            double cumulative = delivery.cumulative(day);
            while (next < levels && cumulative >= PredictionServed.LEVELS.get(next)) {
                double level = PredictionServed.LEVELS.get(next++);
                sum += reached - level * day;
                weighed += level;
            }
            reached += cumulative;
        }
        double mean = day - reached;
        return (sum + weighed * mean) / levels;
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
