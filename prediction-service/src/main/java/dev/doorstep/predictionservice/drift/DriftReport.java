package dev.doorstep.predictionservice.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.watching.drift.FeatureDrift;
import dev.doorstep.watching.verdict.Verdict;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How what a model is asked differs from what it was trained with.
 *
 * @param version of the model
 * @param digest of its bundle
 * @param from first day that it is about
 * @param to last day that it is about
 * @param count orders that were looked at, a sample of all
 * @param result pass, fail where a feature has drifted, no-data below 200 orders
 * @param drifted how many features have
 * @param features each with statistic, threshold and verdict, the farthest first
 * @param estimatedLoss what the model expects of itself, or null where nothing was seen
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DriftReport(String version, String digest, LocalDate from, LocalDate to, long count, Verdict.Result result, long drifted,
        List<FeatureDrift> features, @Nullable EstimatedLoss estimatedLoss) {
    public DriftReport {
        features = List.copyOf(features);
    }

    /**
     * The pinball loss that a model expects by its own distributions, without a single delivery.
     *
     * @param days mean over its quantiles
     * @param low lower end of its 95 % interval
     * @param high upper end of its 95 % interval
     * @param blindTo what it can't see: a world that no longer answers the same to the same features shows on outcomes only
     */
    public record EstimatedLoss(double days, double low, double high, String blindTo) {}
}
