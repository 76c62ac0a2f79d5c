package dev.doorstep.modeltraining.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How good forecasts were, on delivered orders.
 *
 * @param rows delivered orders
 * @param coverage by level: share that had arrived by the forecast's quantile, randomised at the day it falls on
 * @param pinball by level: pinball loss of the quantile in days, on the continuous time since the anchor
 * @param rps ranked probability score: Σ over days of (F − 1{T ≤ d})²
 * @param lateRate share that arrived after the day promised at confidence 0.9
 * @param averagePromisedDays calendar days from the anchor to that day
 * @param exactHit share that arrived on the likeliest day
 * @param withinOneDay share that arrived at most a day from it
 * @param early share that arrived two days or more before the promised day
 * @param averageWidth days between the quantiles 0.1 and 0.9
 * @param rpsByTruth expected score under the true distribution, where that is known
 * @param coverageByTruth coverage under the true distribution, where that is known
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metrics(int rows, Map<String, Double> coverage, Map<String, Double> pinball, double rps, double lateRate,
        double averagePromisedDays, double exactHit, double withinOneDay, double early, double averageWidth, @Nullable Double rpsByTruth,
        @Nullable Map<String, Double> coverageByTruth) {}
