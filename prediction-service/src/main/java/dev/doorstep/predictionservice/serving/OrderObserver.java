package dev.doorstep.predictionservice.serving;

import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import java.util.List;

/** Is shown orders with what a model says of them. Thread-safe; callers never wait. */
@FunctionalInterface
public interface OrderObserver {
    /** Takes an order that a model has forecast. */
    void offer(LoadedModel model, List<ForecastInput> parcels, DayDistribution delivery);
}
