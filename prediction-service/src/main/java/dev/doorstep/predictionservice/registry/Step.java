package dev.doorstep.predictionservice.registry;

import java.time.Duration;

/**
 * One step of a rollout.
 *
 * @param percent of the customers that the candidate answers, 1 to 100
 * @param bake how long at least, up to 30 days, before the next step
 */
public record Step(int percent, Duration bake) {}
