package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.forecasting.ForecastInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an order at the instant of its prediction.
 *
 * @param products one for each item, as far as it is known
 * @param sessionMethod delivery method that the session chose, or null
 * @param unavailable whether the store failed to answer for any of it in time
 * @param stale whether it failed to, and what it said earlier stands in
 * @param sessionUnknown whether a session was named of which nothing is known
 * @param values every feature with its status
 */
public record OrderFeatures(List<ForecastInput.Product> products, @Nullable String sessionMethod, boolean unavailable, boolean stale,
        boolean sessionUnknown, List<FeatureValue> values) {}
