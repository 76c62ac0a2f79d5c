package dev.doorstep.commonmodel.feature;

import org.jspecify.annotations.Nullable;

/**
 * One feature's value at the instant of a prediction.
 *
 * @param name as in the {@link FeatureSchema}
 * @param value the value as text, the schema's default where it is not known
 * @param source {@code request}, {@code near-cache}, {@code store} or the model's {@code bundle}
 * @param ageMillis how long ago the value was last changed, or null where that is not known
 */
public record FeatureValue(String name, String value, FeatureStatus status, String source, @Nullable Long ageMillis) {}
