package dev.doorstep.predictionservice.serving;

import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.forecasting.Contribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.predictionservice.RolloutSettings;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A model that is slow or fails on purpose. Bundles are data and are verified before they serve, so this is how a drill gets one that
 * misbehaves.
 */
record FaultyForecaster(Forecaster usual, RolloutSettings.Fault fault) implements Forecaster {
    @Override
    public Forecast forecast(ForecastInput input) {
        if (ThreadLocalRandom.current().nextDouble() < fault.errorShare()) {
            throw new IllegalStateException("fails on purpose: doorstep.rollout.faults of " + fault.version());
        }
        long until = System.nanoTime() + fault.delay().toNanos();
        for (long left = fault.delay().toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return usual.forecast(input);
    }

    @Override
    public boolean reaches(ForecastInput input) {
        return usual.reaches(input);
    }

    @Override
    public List<Contribution> contributions(ForecastInput input) {
        return usual.contributions(input);
    }

    @Override
    public double correlation(String origin, String other) {
        return usual.correlation(origin, other);
    }

    @Override
    public PredictionAnswer.Model model() {
        return usual.model();
    }
}
