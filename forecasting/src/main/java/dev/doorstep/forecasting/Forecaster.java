package dev.doorstep.forecasting;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import java.util.List;

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

    /** What moved the date, the strongest first; empty where no model answers. */
    default List<Contribution> contributions(ForecastInput input) {
        return List.of();
    }

    /**
     * How much parcels of one order that leave from two origins miss their forecasts together, 0 to below 1; 0 where nothing is known of
     * it, which makes the date of the last one the safer.
     */
    default double correlation(String origin, String other) {
        return 0;
    }

    /** What it is called in answers; a single forecast may come from what stands behind it. */
    PredictionAnswer.Model model();
}
