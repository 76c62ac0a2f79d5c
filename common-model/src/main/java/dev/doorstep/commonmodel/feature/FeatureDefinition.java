package dev.doorstep.commonmodel.feature;

/**
 * One feature as training and serving agree on it.
 *
 * @param name snake_case, unique in its schema
 * @param unit what one step of the value means, such as {@code day} or {@code count}; {@code name} for a category
 * @param defaultValue stands in where the value is not known, as text
 */
public record FeatureDefinition(String name, FeatureType type, String unit, String defaultValue) {}
