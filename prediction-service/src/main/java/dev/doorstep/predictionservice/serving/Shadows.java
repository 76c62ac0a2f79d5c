package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.promise.DatePromise;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.journal.Journalled;
import dev.doorstep.predictionservice.journal.ServedJournal;
import dev.doorstep.servicekit.work.BackgroundQueue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets both models of each trial forecast what was answered, after the answer and on a thread of its own: the caller never waits for it
 * nor fails by it. What does not fit into the queue is journalled without, and counted. Thread-safe.
 */
@Component
public class Shadows implements SmartLifecycle {
    private final ServedJournal journal;
    private final BackgroundQueue<Task> queue;
    private final OrderObserver observer;
    private final Counter run;
    private final Counter dropped;
    private boolean candidateFirst;

    Shadows(ServedJournal journal, OrderObserver observer, RolloutSettings settings, MeterRegistry metrics) {
        this.journal = journal;
        this.observer = observer;
        this.queue = new BackgroundQueue<>("shadows", settings.shadowQueue(), this::ask);
        this.run = metrics.counter("doorstep.rollout.shadow", "result", "run");
        this.dropped = metrics.counter("doorstep.rollout.shadow", "result", "dropped");
        Gauge.builder("doorstep.rollout.shadow.waiting", queue, BackgroundQueue::size).register(metrics);
    }

    private record Task(List<Lineup.Trial> trials, double confidence, Journalled answer) {
        List<ForecastInput> parcels() {
            return answer.parcels();
        }
    }

    /** Journals an answer, with the forecasts of all models on trial where there are such; never waits. */
    public void served(Lineup lineup, double confidence, Journalled answer) {
        if (lineup.trials().isEmpty()) {
            journal.add(answer);
        } else if (!queue.offer(new Task(lineup.trials(), confidence, answer))) {
            dropped.increment();
            journal.add(answer);
        }
    }

    @Override
    public void start() {
        queue.start();
    }

    @Override
    public void stop() {
        queue.stop().forEach(task -> journal.add(task.answer()));
    }

    @Override
    public boolean isRunning() {
        return queue.isRunning();
    }

    /** Stopped after the web server and before the journal. */
    @Override
    public int getPhase() {
        return 1;
    }

    private void ask(Task task) {
        Journalled answer = task.answer();
        try {
            answer = answer.withForecasts(forecasts(task));
            run.increment();
        } finally {
            journal.add(answer);
        }
    }

    private List<PredictionServed.ModelForecast> forecasts(Task task) {
        List<PredictionServed.ModelForecast> forecasts = new ArrayList<>();
        // The one that answered was seen when it did; a model on two trials is seen once.
        Set<String> seen = new HashSet<>();
        seen.add(String.valueOf(task.answer().served().modelDigest()));
        candidateFirst = !candidateFirst;
        for (Lineup.Trial trial : task.trials()) {
            PredictionServed.ModelForecast candidate;
            PredictionServed.ModelForecast baseline;
            // In turns, since the second one finds the caches filled.
            if (candidateFirst) {
                candidate = forecast(trial.candidate(), trial.progress().candidate(), task, seen);
                baseline = forecast(trial.baseline(), trial.progress().baseline(), task, seen);
            } else {
                baseline = forecast(trial.baseline(), trial.progress().baseline(), task, seen);
                candidate = forecast(trial.candidate(), trial.progress().candidate(), task, seen);
            }
            if (candidate != null && baseline != null) {
                trial.progress().differ(candidate.deliveryDate().toEpochDay() - baseline.deliveryDate().toEpochDay());
                add(forecasts, candidate);
                add(forecasts, baseline);
            }
        }
        return forecasts;
    }

    private static void add(List<PredictionServed.ModelForecast> forecasts, PredictionServed.ModelForecast forecast) {
        if (forecasts.stream().noneMatch(each -> each.digest().equals(forecast.digest()))) {
            forecasts.add(forecast);
        }
    }

    private PredictionServed.@Nullable ModelForecast forecast(LoadedModel model, ModelRuns runs, Task task, Set<String> seen) {
        long started = System.nanoTime();
        try {
            OrderForecast order = OrderForecast.of(task.parcels(), model.forecaster());
            LocalDate date = DatePromise.of(order.whole().delivery(), task.confidence()).deliveryDate();
            runs.succeeded(System.nanoTime() - started);
            if (seen.add(model.ref().digest()) && task.answer().served().knowsItsFeatures()) {
                observer.offer(model, task.parcels(), order.whole().delivery());
            }
            return new PredictionServed.ModelForecast(model.ref().version(), model.ref().digest(), order.whole().basis(), date,
                    PredictionServed.LEVELS.stream().map(level -> LocalDate.ofEpochDay(order.whole().delivery().quantile(level))).toList());
        } catch (RuntimeException _) {
            runs.failed();
            return null;
        }
    }
}
