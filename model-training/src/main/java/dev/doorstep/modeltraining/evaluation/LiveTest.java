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
    /** The same: share of a day's orders that may be overdue then; nothing is learned of a day with more. */
    private static final double MOST_OVERDUE = 0.1;

    private final Map<LocalDate, Cohort> waiting = new HashMap<>();
    private @Nullable LiveState state;
    private @Nullable LiveCalibration calibration;

    /** Orders of a day, those as not yet arrived that arrive after the horizon. */
    private static final class Cohort {
        private final List<LiveState.Observed> all = new ArrayList<>();
        private int overdue;

        private List<LiveState.Observed> known() {
            return overdue <= Math.max(1, MOST_OVERDUE * all.size()) ? all : List.of();
        }
    }

    /**
     * Corrects one forecast in place, and will know in time where its order fell. Orders come by their instants.
     *
     * @param group that the forecast was calibrated by
     * @param arrival where the order fell in the forecast as it comes in
     * @param cumulative for each day from the first the forecast probability of having arrived by its end
     * @param first epoch day
     */
    void correct(Prepared order, String group, Arrival arrival, double[] cumulative, long first) {
        LocalDate day = day(order.order().instant());
        follow(day);
        double within = new SplittableRandom(order.order().row()).nextDouble();
        LocalDate last = day.plusDays(HORIZON_DAYS);
        LocalDate delivered = day(Objects.requireNonNull(order.order().deliveredAt()));
        Cohort cohort = waiting.computeIfAbsent(day, _ -> new Cohort());
        if (delivered.isAfter(last)) {
            Arrival by = Arrival.of(cumulative, (int) (last.toEpochDay() - first));
            cohort.all.add(LiveState.Observed.of(group, by.after(), 1, within));
            cohort.overdue++;
        } else {
            cohort.all.add(LiveState.Observed.of(group, arrival.before(), arrival.after(), within));
        }
        if (calibration != null) {
            calibration.of(group).apply(cumulative);
        }
    }

    private void follow(LocalDate today) {
        LocalDate mature = today.minusDays(HORIZON_DAYS + 1L);
        LiveState known = state == null ? LiveState.none(mature) : state;
        while (known.until().isBefore(mature)) {
            LocalDate next = known.until().plusDays(1);
            Cohort cohort = waiting.remove(next);
            known = known.next(next, cohort == null ? List.of() : cohort.known());
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
