package dev.doorstep.predictionservice.predict;

import dev.doorstep.forecasting.Correction;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.Policy;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.outcome.Reliability;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes the parts of an answer that only come when asked for. Thread-safe. */
@Component
class AnswerParts {
    private static final List<Double> CONFIDENCES = List.of(0.5, 0.8, 0.9, 0.95);

    private final Policy policy;
    private final Calendars calendars;
    private final Reliability reliability;

    AnswerParts(LoadedPolicy policy, Calendars calendars, Reliability reliability) {
        this.reliability = reliability;
        this.calendars = calendars;
        this.policy = policy.policy();
    }

    /** The parts; those not asked for are null. */
    record Parts(@Nullable List<PredictionAnswer.Day> distribution, PredictionAnswer.@Nullable Timeline timeline,
            @Nullable List<PredictionAnswer.Option> options, @Nullable List<PredictionAnswer.AtConfidence> byConfidence,
            @Nullable List<PredictionAnswer.Shipment> shipments, PredictionAnswer.@Nullable OrderComplete orderComplete,
            PredictionAnswer.@Nullable Calibration calibration, @Nullable List<PredictionAnswer.Reason> reasons) {
        private static final Parts NONE = new Parts(null, null, null, null, null, null, null, null);
    }

    /**
     * The parts of an answer; those of an order in several parcels come without being asked for.
     *
     * @param promise of the whole order
     * @param forecaster that made it
     */
    Parts of(Set<Include> include, PredictionRequest request, OrderForecast order, DatePromise promise, double confidence,
            Forecaster forecaster) {
        boolean split = order.parcels().size() > 1;
        if (include.isEmpty() && !split) {
            return Parts.NONE;
        }
        Forecast forecast = order.whole();
        int slowest = order.slowest();
        boolean options = include.contains(Include.OPTIONS);
        return new Parts(include.contains(Include.DISTRIBUTION) ? distribution(forecast.delivery()) : null,
                include.contains(Include.TIMELINE) ? timeline(order.inputs().get(slowest), order.parcels().get(slowest)) : null,
                options ? options(request, order.inputs(), confidence, forecaster) : null,
                options
                        ? CONFIDENCES.stream().map(each -> new PredictionAnswer.AtConfidence(each,
                                DatePromise.of(forecast.delivery(), each).deliveryDate())).toList()
                        : null,
                split ? shipments(order, confidence) : null,
                split ? new PredictionAnswer.OrderComplete(promise.deliveryDate(), promise.probability()) : null,
                include.contains(Include.CALIBRATION) ? calibration(forecast, confidence) : null,
                include.contains(Include.REASONS) ? Reasons.of(forecaster.contributions(order.inputs().get(slowest))) : null);
    }

    private PredictionAnswer.@Nullable Calibration calibration(Forecast forecast, double confidence) {
        Forecast.CalibrationGroup group = forecast.calibration();
        if (group == null) {
            return null;
        }
        Correction live = group.live();
        Double readAt = live == null ? null : Double.valueOf(DatePromise.rounded(live.position(confidence)));
        Reliability.Group observed = reliability.of(forecast.model().version(), group.group(), confidence);
        return observed == null
                ? new PredictionAnswer.Calibration(confidence, group.group(), group.count(), readAt, null, null, null, null)
                : new PredictionAnswer.Calibration(confidence, group.group(), group.count(), readAt, observed.observed(), observed.low(),
                        observed.high(), new PredictionAnswer.Calibration.Cohorts(observed.count(), observed.from(), observed.to()));
    }

    private static List<PredictionAnswer.Shipment> shipments(OrderForecast order, double confidence) {
        List<PredictionAnswer.Shipment> shipments = new ArrayList<>();
        for (int i = 0; i < order.parcels().size(); i++) {
            ForecastInput input = order.inputs().get(i);
            Forecast parcel = order.parcels().get(i);
            DatePromise promise = DatePromise.of(parcel.delivery(), confidence);
            shipments.add(new PredictionAnswer.Shipment(input.origin(),
                    input.products().stream().map(product -> Objects.requireNonNull(product.sku())).toList(), input.service(),
                    promise.deliveryDate(), promise.probability(), promise.window(), parcel.basis()));
        }
        return shipments;
    }

    private static List<PredictionAnswer.Day> distribution(DayDistribution delivery) {
        List<PredictionAnswer.Day> days = new ArrayList<>();
        for (long day = delivery.firstDay(); day <= delivery.lastDay(); day++) {
            days.add(new PredictionAnswer.Day(LocalDate.ofEpochDay(day), DatePromise.rounded(delivery.probability(day)),
                    DatePromise.rounded(delivery.cumulative(day))));
        }
        return days;
    }

    private PredictionAnswer.Timeline timeline(ForecastInput input, Forecast forecast) {
        Policy.Origin origin = Objects.requireNonNull(policy.origins().get(input.origin()));
        Policy.Service service = Objects.requireNonNull(policy.services().get(input.service()));
        long delivered = forecast.delivery().mode();
        List<LocalDate> closed = new ArrayList<>();
        long ordered = input.orderedAt().atZone(input.destination().zone()).toLocalDate().toEpochDay();
        for (long day = ordered; day < delivered; day++) {
            boolean open = day <= forecast.likelyPickupDay()
                    ? calendars.openDays(origin.prepares(), origin.country()).isOpen(day)
                    : calendars.openDays(service.delivers(), input.destination().country()).isOpen(day);
            if (!open) {
                closed.add(LocalDate.ofEpochDay(day));
            }
        }
        return new PredictionAnswer.Timeline(LocalDate.ofEpochDay(forecast.preparationDay()),
                LocalDate.ofEpochDay(forecast.likelyPickupDay()), LocalDate.ofEpochDay(delivered), closed);
    }

    /** Each asked service, or all of the policy; one that does not reach the destination is left out. */
    private List<PredictionAnswer.Option> options(PredictionRequest request, List<ForecastInput> parcels, double confidence,
            Forecaster forecaster) {
        List<String> asked = request.services();
        Collection<String> services = asked == null || asked.isEmpty() ? policy.services().keySet().stream().sorted().toList() : asked;
        List<PredictionAnswer.Option> options = new ArrayList<>();
        for (String service : services) {
            List<ForecastInput> others = parcels.stream().map(parcel -> parcel.withService(service)).toList();
            if (others.stream().allMatch(forecaster::reaches)) {
                DatePromise promise = DatePromise.of(OrderForecast.of(others, forecaster).whole().delivery(), confidence);
                options.add(new PredictionAnswer.Option(service, promise.deliveryDate(), promise.probability()));
            }
        }
        return options;
    }
}
