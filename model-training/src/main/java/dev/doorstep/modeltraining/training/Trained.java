package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.Manifest;
import dev.doorstep.modeltraining.evaluation.Evaluation;
import java.time.Instant;

/**
 * What came of a training.
 *
 * @param manifest of the bundle as written
 * @param evaluation the forward test: a model that knew only what was known at the cut-off, on the orders after it
 * @param cutoff of the forward test
 */
public record Trained(Manifest manifest, Evaluation evaluation, Instant cutoff) {}
