package dev.doorstep.predictionservice.serving;

import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.predictionservice.registry.ModelRef;
import org.jspecify.annotations.Nullable;

/**
 * A model that can answer at once, with all that belongs to it. Thread-safe.
 *
 * @param ref which one
 * @param bundle what it was read from, or null where the carrier's table stands in
 * @param learned it as it was loaded, or null where the carrier's table stands in
 * @param forecaster it as a forecaster
 */
public record LoadedModel(ModelRef ref, @Nullable Bundle bundle, @Nullable LearnedForecaster learned, Forecaster forecaster) {}
