package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;

/** Forecasts deliveries. Implementations are thread-safe and never look past {@link ForecastInput#orderedAt()}. */
public interface Forecaster {
    /**
     * Forecasts one delivery.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException {@code INVALID_REQUEST} when origin or service is not one of the policy's
     */
    Forecast forecast(ForecastInput input);

    /** Whether the service of the input goes to its destination, so that {@link #forecast} has an answer. */
    boolean reaches(ForecastInput input);

    /** What it is called in answers; a single forecast may come from what stands behind it. */
    PredictionAnswer.Model model();
}
