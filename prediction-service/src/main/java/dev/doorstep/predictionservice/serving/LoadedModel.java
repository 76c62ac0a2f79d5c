package dev.doorstep.predictionservice.serving;

import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.live.LiveCalibration;
import dev.doorstep.predictionservice.registry.ModelRef;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * A model that can answer at once, with all that belongs to it. Thread-safe.
 *
 * @param ref which one
 * @param bundle what it was read from, or null where the carrier's table stands in
 * @param learned it with what outcomes say of its probabilities and without a drill's faults, or null where the carrier's table stands in
 * @param forecaster it as a forecaster
 */
public record LoadedModel(ModelRef ref, @Nullable Bundle bundle, @Nullable LearnedForecaster learned, Forecaster forecaster) {
    /** The model's own probability at which a level is read for all orders, by what came of them. */
    public double readAt(double level) {
        LiveCalibration live = learned == null ? null : learned.live();
        return live == null ? level : live.all().position(level);
    }

    /** Last day of orders whose outcomes correct its probabilities, or null where none do. */
    public @Nullable LocalDate liveUntil() {
        LiveCalibration live = learned == null ? null : learned.live();
        return live == null ? null : live.until();
    }
}
