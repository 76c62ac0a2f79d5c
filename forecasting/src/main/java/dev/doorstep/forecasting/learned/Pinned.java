package dev.doorstep.forecasting.learned;

import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Precision;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.Contribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import java.util.List;

/**
 * Answers on no better a rung than was said, and says so in each forecast. Thread-safe.
 *
 * @param usual what answers otherwise
 * @param table the carrier's table
 * @param best the best rung that may answer
 */
public record Pinned(Forecaster usual, Forecaster table, Basis best) implements Forecaster {
    @Override
    public Forecast forecast(ForecastInput input) {
        return LearnedForecaster.with(switch (best) {
            case LANE_MODEL -> usual.forecast(input);
            case REGION_MODEL -> usual instanceof LearnedForecaster learned ? learned.forecastByRegion(input) : table.forecast(input);
            case CARRIER_TABLE -> table.forecast(input);
            case CALENDAR -> table.forecast(somewhere(input));
        }, ReasonCode.SAFE_MODE);
    }

    /** With nothing known of the destination but its country's calendar. */
    private static ForecastInput somewhere(ForecastInput input) {
        Place place = input.destination();
        return new ForecastInput(input.orderedAt(), input.origin(),
                new Place(place.country(), place.region(), place.latitude(), place.longitude(), place.zone(), Precision.UNKNOWN), null,
                input.service(), input.products());
    }

    @Override
    public boolean reaches(ForecastInput input) {
        return table.reaches(input);
    }

    @Override
    public List<Contribution> contributions(ForecastInput input) {
        return best.compareTo(Basis.REGION_MODEL) <= 0 ? usual.contributions(input) : List.of();
    }

    @Override
    public double correlation(String origin, String other) {
        return usual.correlation(origin, other);
    }

    @Override
    public PredictionAnswer.Model model() {
        return best.compareTo(Basis.REGION_MODEL) <= 0 ? usual.model() : table.model();
    }
}
