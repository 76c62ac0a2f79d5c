package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.forecasting.live.LiveCalibration;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.modeltraining.orders.Arrival;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Live calibration as serving does it: each order is corrected by what was known of earlier ones on its day. Not thread-safe. */
final class LiveTest {
    /** As in the usual rules of a rollout: days after which a day's orders are counted, whatever has not arrived. */
    private static final int HORIZON_DAYS = 14;

    private final Map<LocalDate, List<Known>> waiting = new HashMap<>();
    private @Nullable LiveState state;
    private @Nullable LiveCalibration calibration;

    private record Known(LocalDate on, LiveState.Observed observed) {}

    /**
     * Corrects one forecast in place, and will know in time where its order fell. Orders come by their instants.
     *
     * @param group that the forecast was calibrated by
     * @param arrival where the order fell in the forecast as it comes in
     */
    void correct(Prepared order, String group, Arrival arrival, double[] cumulative) {
        LocalDate day = day(order.order().instant());
        follow(day);
        double within = new SplittableRandom(order.order().row()).nextDouble();
        Instant delivered = Objects.requireNonNull(order.order().deliveredAt());
        waiting.computeIfAbsent(day, _ -> new ArrayList<>())
                .add(new Known(day(delivered), LiveState.Observed.of(group, arrival.before(), arrival.after(), within)));
        if (calibration != null) {
            calibration.of(group).apply(cumulative);
        }
    }

    private void follow(LocalDate today) {
        LocalDate mature = today.minusDays(HORIZON_DAYS + 1L);
        LiveState known = state == null ? LiveState.none(mature) : state;
        while (known.until().isBefore(mature)) {
            LocalDate next = known.until().plusDays(1);
            List<Known> cohort = waiting.getOrDefault(next, List.of());
            waiting.remove(next);
            known = known.next(next, cohort.stream().filter(each -> each.on().isBefore(today)).map(Known::observed).toList());
        }
        if (!known.equals(state)) {
            state = known;
            calibration = known.calibration();
        }
    }

    private static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
