package dev.doorstep.forecasting.learned;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;

/**
 * Stands in for a model that is not there, and says so in each forecast. Thread-safe.
 *
 * @param table what answers
 */
public record WithoutModel(Forecaster table) implements Forecaster {
    @Override
    public Forecast forecast(ForecastInput input) {
        return LearnedForecaster.with(table.forecast(input), ReasonCode.MODEL_UNAVAILABLE);
    }

    @Override
    public boolean reaches(ForecastInput input) {
        return table.reaches(input);
    }

    @Override
    public PredictionAnswer.Model model() {
        return table.model();
    }
}
