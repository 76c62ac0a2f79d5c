package dev.doorstep.commonmodel.feature;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The features of one model version, in the order of its feature vector. It is data: part of every model bundle, and the same object for
 * training and serving.
 *
 * @param version semantic version; another major version can't be served by a model of this one
 */
public record FeatureSchema(String version, List<FeatureDefinition> features) {
    /** The features that this release derives. */
    public static final FeatureSchema CURRENT = new FeatureSchema("1.0.0",
            List.of(new FeatureDefinition("day_of_year", FeatureType.INTEGER, "day", "0"),
                    new FeatureDefinition("day_of_week", FeatureType.INTEGER, "day", "0"),
                    new FeatureDefinition("hour_of_day", FeatureType.INTEGER, "hour", "0"),
                    new FeatureDefinition("session_views", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("session_cart_adds", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("session_checkouts", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("session_distinct_skus", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("session_method", FeatureType.CATEGORY, "name", ""),
                    new FeatureDefinition("sku_handling_class", FeatureType.CATEGORY, "name", ""),
                    new FeatureDefinition("sku_stock", FeatureType.INTEGER, "piece", ""),
                    new FeatureDefinition("sku_views_1h", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("sku_cart_adds_1h", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("area_views_1h", FeatureType.INTEGER, "count", "0"),
                    new FeatureDefinition("area_cart_adds_1h", FeatureType.INTEGER, "count", "0")));

    public FeatureSchema {
        features = List.copyOf(features);
        Set<String> names = new HashSet<>();
        for (FeatureDefinition feature : features) {
            if (!names.add(feature.name())) {
                throw new IllegalArgumentException("feature schema " + version + " names " + feature.name() + " twice");
            }
        }
    }
}
