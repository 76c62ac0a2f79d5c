package dev.doorstep.forecasting.promise;

import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * On which days an order's parcels arrive, and on which all of them have.
 *
 * @param inputs of its parcels, one or more, all to one destination
 * @param parcels their forecasts, in the order of the inputs
 * @param whole of the last of them to arrive; of one parcel its own. It rests on the least of their bases, and holds up to the earliest of
 *     their cut-offs
 */
public record OrderForecast(List<ForecastInput> inputs, List<Forecast> parcels, Forecast whole) {
    public OrderForecast {
        inputs = List.copyOf(inputs);
        parcels = List.copyOf(parcels);
    }

    /**
     * Forecasts an order.
     *
     * @throws dev.doorstep.commonmodel.error.DoorstepException as {@link Forecaster#forecast} does
     */
    public static OrderForecast of(List<ForecastInput> inputs, Forecaster forecaster) {
        List<Forecast> parcels = inputs.stream().map(forecaster::forecast).toList();
        return new OrderForecast(inputs, parcels, parcels.size() == 1 ? parcels.getFirst() : joined(inputs, parcels, forecaster));
    }

    /** The parcel that most likely arrives last. */
    public int slowest() {
        int slowest = 0;
        for (int i = 1; i < parcels.size(); i++) {
            slowest = parcels.get(i).delivery().mode() > parcels.get(slowest).delivery().mode() ? i : slowest;
        }
        return slowest;
    }

    private static Forecast joined(List<ForecastInput> inputs, List<Forecast> parcels, Forecaster forecaster) {
        Forecast whole = parcels.getFirst();
        Set<ReasonCode> reasons = EnumSet.noneOf(ReasonCode.class);
        double correlation = 1;
        for (int i = 0; i < parcels.size(); i++) {
            Forecast parcel = parcels.get(i);
            reasons.addAll(parcel.reasons());
            whole = parcel.basis().compareTo(whole.basis()) > 0 ? parcel : whole;
            for (int j = 0; j < i; j++) {
                // The less they have in common, the later the last one: of unlike pairs the weakest tie is on the safe side.
                correlation = Math.min(correlation, forecaster.correlation(inputs.get(i).origin(), inputs.get(j).origin()));
            }
        }
        List<DayDistribution> deliveries = parcels.stream().map(Forecast::delivery).toList();
        return new Forecast(JointArrival.of(deliveries, correlation),
                parcels.stream().map(Forecast::orderBy).min(Comparator.naturalOrder()).orElseThrow(),
                parcels.stream().mapToLong(Forecast::preparationDay).min().orElseThrow(),
                parcels.stream().mapToLong(Forecast::likelyPickupDay).max().orElseThrow(), whole.basis(), whole.model(),
                whole.calibration(), reasons);
    }
}
