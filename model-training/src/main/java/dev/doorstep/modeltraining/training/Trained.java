package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.Manifest;
import dev.doorstep.modeltraining.evaluation.Evaluation;

/**
 * What came of a training.
 *
 * @param manifest of the bundle as written
 * @param evaluation the forward test
 * @param test what the forward test was
 */
public record Trained(Manifest manifest, Evaluation evaluation, String test) {}
