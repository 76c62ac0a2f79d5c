package dev.doorstep.predictionservice.outcome;

import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.serving.LiveStates;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Lets what came of orders correct the models that forecast them: day by day, once all orders of a day had time to arrive. Thread-safe. */
@Component
public class CalibrationUpdates {
    private static final Logger log = LoggerFactory.getLogger(CalibrationUpdates.class);
    /** A model that nothing is known of begins with the orders of so many days. */
    private static final int FIRST_DAYS = 60;

    private final Cohorts cohorts;
    private final LiveStates states;
    private volatile Updated updated = new Updated(LocalDate.MIN, Set.of());

    CalibrationUpdates(Cohorts cohorts, LiveStates states) {
        this.cohorts = cohorts;
        this.states = states;
    }

    private record Updated(LocalDate day, Set<ModelRef> models) {}

    /** Brings models up to the last mature day, once a day; only the replica that decides does so, and two at once do no harm. */
    public void update(Set<ModelRef> models) {
        LocalDate mature = states.mature();
        if (updated.equals(new Updated(mature, models))) {
            return;
        }
        for (ModelRef model : models) {
            LiveState state = Objects.requireNonNullElse(states.latest(model.digest()), LiveState.none(mature.minusDays(FIRST_DAYS)));
            LiveState last = state;
            while (last.until().isBefore(mature)) {
                LocalDate day = last.until().plusDays(1);
                last = last.next(day, cohort(day, model.digest()));
            }
            if (!last.until().equals(state.until()) && states.add(model.digest(), last)) {
                log.info("probabilities of model {} are corrected by outcomes of orders up to {}: 0.9 is read at {}", model.version(),
                        last.until(), last.calibration().all().position(0.9));
            }
        }
        updated = new Updated(mature, models);
    }

    private List<LiveState.Observed> cohort(LocalDate day, String digest) {
        return cohorts.of(day).stream().map(kept -> kept.positions().get(digest)).filter(Objects::nonNull).toList();
    }
}
