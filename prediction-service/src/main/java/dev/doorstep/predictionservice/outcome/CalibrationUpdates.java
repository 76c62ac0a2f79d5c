package dev.doorstep.predictionservice.outcome;

import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.predictionservice.registry.ModelRef;
import dev.doorstep.predictionservice.serving.LiveStates;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.ModelLoader;
import dev.doorstep.predictionservice.serving.ServingModels;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Lets what came of orders correct the models that forecast them: day by day, once all orders of a day had time to arrive. Thread-safe. */
@Component
public class CalibrationUpdates {
    private static final Logger log = LoggerFactory.getLogger(CalibrationUpdates.class);
    /** A model that nothing is known of begins with the orders of so many days. */
    private static final int FIRST_DAYS = 30;
    private static final long RETRY_NANOS = Duration.ofMinutes(1).toNanos();

    private final Cohorts cohorts;
    private final Positions positions;
    private final LiveStates states;
    private final ServingModels models;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Updated updated = new Updated(LocalDate.MIN, Set.of());
    private volatile long failedNanos = System.nanoTime() - RETRY_NANOS;

    CalibrationUpdates(Cohorts cohorts, Positions positions, LiveStates states, ServingModels models) {
        this.cohorts = cohorts;
        this.positions = positions;
        this.states = states;
        this.models = models;
    }

    private record Updated(LocalDate day, Set<ModelRef> models) {}

    /**
     * Begins to bring models up to the last mature day, once a day, beside what the caller does. Only the replica that decides does so, and
     * two at once do no harm.
     */
    public void update(Set<ModelRef> wanted) {
        LocalDate mature = states.mature();
        Updated before = updated.day().equals(mature) ? updated : new Updated(mature, Set.of());
        Set<ModelRef> due = new HashSet<>(wanted);
        due.remove(ModelLoader.TABLE);
        due.removeAll(before.models());
        if (due.isEmpty() || System.nanoTime() - failedNanos < RETRY_NANOS || !busy.compareAndSet(false, true)) {
            return;
        }
        Thread.startVirtualThread(() -> {
            try {
                Set<ModelRef> done = bringUp(mature, due);
                if (done.size() < due.size()) {
                    failedNanos = System.nanoTime();
                }
                done.addAll(before.models());
                updated = new Updated(mature, done);
            } catch (RuntimeException e) {
                failedNanos = System.nanoTime();
                log.warn("probabilities can't be corrected by outcomes now, trying on: {}", e.toString());
            } finally {
                busy.set(false);
            }
        });
    }

    /** Returns those that are; one that is not loaded is not. Each day is kept as soon as it is known, so that nothing is done twice. */
    private Set<ModelRef> bringUp(LocalDate mature, Set<ModelRef> due) {
        Map<ModelRef, LearnedForecaster> forecasters = new HashMap<>();
        Map<ModelRef, LiveState> last = new HashMap<>();
        for (LoadedModel model : models.loaded()) {
            LearnedForecaster learned = model.learned();
            if (due.contains(model.ref()) && learned != null) {
                forecasters.put(model.ref(), learned);
                last.put(model.ref(), Objects.requireNonNullElseGet(states.latest(model.ref().digest()), () -> first(model, mature)));
            }
        }
        LocalDate from = last.values().stream().map(LiveState::until).min(LocalDate::compareTo).orElse(mature);
        for (LocalDate day = from.plusDays(1); !day.isAfter(mature); day = day.plusDays(1)) {
            Map<ModelRef, LearnedForecaster> behind = new HashMap<>(forecasters);
            LocalDate before = day.minusDays(1);
            behind.keySet().removeIf(model -> !Objects.requireNonNull(last.get(model)).until().equals(before));
            for (Map.Entry<ModelRef, List<LiveState.Observed>> cohort : positions.of(cohorts.of(day), behind).entrySet()) {
                LiveState next = Objects.requireNonNull(last.get(cohort.getKey())).next(day, cohort.getValue());
                last.put(cohort.getKey(), next);
                add(cohort.getKey(), next);
            }
        }
        return new HashSet<>(forecasters.keySet());
    }

    /** Of orders that a model was trained with it is surer than of others. */
    private static LiveState first(LoadedModel model, LocalDate mature) {
        LocalDate trained = LocalDate.ofInstant(Objects.requireNonNull(model.bundle()).manifest().knownUntil(), ZoneOffset.UTC);
        LocalDate earliest = mature.minusDays(FIRST_DAYS);
        return LiveState.none(trained.isAfter(earliest) ? trained : earliest);
    }

    private void add(ModelRef model, LiveState state) {
        // Nothing corrects a model before there is an outcome.
        if (!state.groups().isEmpty() && states.add(model.digest(), state)) {
            log.info("probabilities of model {} are corrected by outcomes of orders up to {}: 0.9 is read at {}", model.version(),
                    state.until(), state.calibration().all().position(0.9));
        }
    }
}
