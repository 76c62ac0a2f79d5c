package dev.doorstep.forecasting.carriertable;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.place.Precision;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.OriginClock;
import dev.doorstep.forecasting.policy.Policy;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts from a policy alone: open days of preparing by handling class, then of transit by service and distance band, walked over the
 * calendars of merchant, pickup and delivery. The forecaster to beat. Thread-safe.
 */
public final class CarrierTableForecaster implements Forecaster {
    private static final PredictionAnswer.Model MODEL = new PredictionAnswer.Model("carrier-table", "1.0.0");

    private final Policy policy;
    private final Calendars calendars;
    private final Map<String, Place> origins = new HashMap<>();
    private final Map<String, OriginClock> clocks = new HashMap<>();
    private final Map<String, double[]> handling = new HashMap<>();
    private final Map<String, Map<Policy.DistanceBand, double[]>> transit = new HashMap<>();
    private final Map<String, double[]> transitWithinCountry = new HashMap<>();
    private final double[] unknownHandling;
    private final double[] outOfStock;
    private final double[] surge;

    public CarrierTableForecaster(LoadedPolicy loaded, Places places, Calendars calendars) {
        this.calendars = calendars;
        this.policy = loaded.policy();
        policy.origins().forEach((name, origin) -> {
            Place place = places.find(origin.country(), origin.postalCode());
            origins.put(name, place);
            clocks.put(name, OriginClock.of(origin, place.zone(), calendars));
        });
        policy.handling().forEach((name, table) -> handling.put(name, OpenDayPmf.of(table)));
        policy.services().forEach((name, service) -> {
            Map<Policy.DistanceBand, double[]> bands = new HashMap<>();
            service.transit().forEach((band, table) -> bands.put(band, OpenDayPmf.of(table)));
            transit.put(name, bands);
            List<double[]> domestic = bands.entrySet().stream().filter(entry -> entry.getKey() != Policy.DistanceBand.ABROAD)
                    .map(Map.Entry::getValue).toList();
            if (!domestic.isEmpty()) {
                transitWithinCountry.put(name, OpenDayPmf.mixture(domestic));
            }
        });
        this.unknownHandling = OpenDayPmf.mixture(handling.values());
        this.outOfStock = OpenDayPmf.of(policy.outOfStock());
        this.surge = OpenDayPmf.of(policy.surge().delay());
    }

    @Override
    public PredictionAnswer.Model model() {
        return MODEL;
    }

    @Override
    public Forecast forecast(ForecastInput input) {
        Policy.Origin origin = policy.origins().get(input.origin());
        Place originPlace = origins.get(input.origin());
        Policy.Service service = policy.services().get(input.service());
        if (origin == null || originPlace == null || service == null) {
            String field = service == null ? "services" : "origin";
            String value = service == null ? input.service() : input.origin();
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, field, field + " names what the policy does not know: " + value);
        }
        Set<ReasonCode> reasons = EnumSet.noneOf(ReasonCode.class);
        OriginClock clock = Objects.requireNonNull(clocks.get(input.origin()));
        long preparationDay = clock.preparationDay(input.orderedAt(), input.service());
        if (preparationDay > clock.dayOf(input.orderedAt())) {
            reasons.add(ReasonCode.AFTER_CUTOFF);
        }
        double[] preparing = preparing(input, reasons);
        Transit legs = transit(input, originPlace, reasons);
        Walk walk = new Walk(preparing, legs.days(), clock.prepares(), calendars.openDays(origin.pickup(), origin.country()),
                calendars.openDays(service.delivers(), input.destination().country()));
        long orderDay = input.orderedAt().atZone(input.destination().zone()).toLocalDate().toEpochDay();
        DayDistribution delivery = walk.from(preparationDay, orderDay);
        long likelyPickup = walk.likelyPickup(preparationDay);
        holidays(input, origin, originPlace, service, likelyPickup, delivery.mode(), reasons);
        return new Forecast(delivery, clock.cutoffOn(preparationDay, input.service()), preparationDay, likelyPickup, legs.basis(), MODEL,
                null,
                reasons);
    }

    @Override
    public boolean reaches(ForecastInput input) {
        Place origin = origins.get(input.origin());
        return origin != null && transit.containsKey(input.service()) && transitDays(input, origin) != null;
    }

    /** Products are prepared together, so the slowest class decides; what is not known is any class alike. */
    private double[] preparing(ForecastInput input, Set<ReasonCode> reasons) {
        double[] slowest = input.products().stream().map(product -> known(product.handlingClass(), reasons))
                .max(Comparator.comparingDouble(OpenDayPmf::mean)).orElse(unknownHandling);
        double[] days = slowest;
        if (input.outOfStock()) {
            reasons.add(ReasonCode.OUT_OF_STOCK);
            days = OpenDayPmf.sum(days, outOfStock);
        }
        if (input.cartAddsLastHour() >= policy.surge().cartAddsPerHour()) {
            reasons.add(ReasonCode.DEMAND_SURGE);
            days = OpenDayPmf.sum(days, surge);
        }
        return days;
    }

    private double[] known(@Nullable String handlingClass, Set<ReasonCode> reasons) {
        double[] days = handlingClass == null ? null : handling.get(handlingClass);
        if (days == null) {
            reasons.add(ReasonCode.HANDLING_CLASS_UNKNOWN);
            return unknownHandling;
        }
        return days;
    }

    @SuppressWarnings("ArrayRecordComponent") // two results of one method, never compared
    private record Transit(double[] days, Basis basis) {}

    private Transit transit(ForecastInput input, Place origin, Set<ReasonCode> reasons) {
        Place destination = input.destination();
        boolean abroad = !destination.country().equals(origin.country());
        switch (destination.precision()) {
            case POSTAL_CODE -> {
                // Nothing to explain.
            }
            case AREA -> reasons.add(ReasonCode.DESTINATION_BY_AREA);
            case COUNTRY -> reasons.add(ReasonCode.DESTINATION_BY_COUNTRY);
            case UNKNOWN -> reasons.add(ReasonCode.DESTINATION_UNKNOWN);
        }
        double[] days = transitDays(input, origin);
        if (days == null) {
            throw new DoorstepException(ErrorCode.NO_SERVICE, "services",
                    "services: " + input.service() + " does not reach destination " + destination.country() + " from " + input.origin());
        }
        boolean guessed = destination.precision() == Precision.UNKNOWN || (!abroad && !isDistanceKnown(destination));
        return new Transit(days, guessed ? Basis.CALENDAR : Basis.CARRIER_TABLE);
    }

    /** The carrier's open days for the way, or null where the service does not go there. */
    private double @Nullable [] transitDays(ForecastInput input, Place origin) {
        Place destination = input.destination();
        Map<Policy.DistanceBand, double[]> bands = Objects.requireNonNull(transit.get(input.service()));
        if (!destination.country().equals(origin.country())) {
            return bands.get(Policy.DistanceBand.ABROAD);
        }
        return isDistanceKnown(destination)
                ? bands.get(Policy.DistanceBand.ofKilometres(origin.distanceKm(destination)))
                : transitWithinCountry.get(input.service());
    }

    private static boolean isDistanceKnown(Place destination) {
        return destination.precision() == Precision.POSTAL_CODE || destination.precision() == Precision.AREA;
    }

    private void holidays(ForecastInput input, Policy.Origin origin, Place originPlace, Policy.Service service, long pickup,
            long delivery, Set<ReasonCode> reasons) {
        long ordered = input.orderedAt().atZone(originPlace.zone()).toLocalDate().toEpochDay();
        for (long day = ordered; day <= pickup; day++) {
            if (calendars.isClosedForHoliday(origin.prepares(), origin.country(), day)) {
                reasons.add(ReasonCode.HOLIDAY_ON_THE_WAY);
            }
        }
        for (long day = pickup; day <= delivery; day++) {
            if (calendars.isClosedForHoliday(service.delivers(), input.destination().country(), day)) {
                reasons.add(ReasonCode.HOLIDAY_ON_THE_WAY);
            }
        }
    }
}
