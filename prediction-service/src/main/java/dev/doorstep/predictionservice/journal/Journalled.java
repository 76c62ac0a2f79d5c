package dev.doorstep.predictionservice.journal;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.ForecastInput;
import java.util.List;

/**
 * An answer on its way into the journal.
 *
 * @param parcels as they were forecast
 * @param forCustomer whether its customer is to be given it again
 */
public record Journalled(PredictionServed served, List<ForecastInput> parcels, boolean forCustomer) {
    public Journalled {
        parcels = List.copyOf(parcels);
    }

    /** The same with forecasts of models on trial. */
    public Journalled withForecasts(List<PredictionServed.ModelForecast> others) {
        return new Journalled(served.withForecasts(others), parcels, forCustomer);
    }
}
