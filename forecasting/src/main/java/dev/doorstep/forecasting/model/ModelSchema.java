package dev.doorstep.forecasting.model;

import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.forecasting.Contribution.Factor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The features of a model in the order of its rows, and what its categories are numbered by. Part of every bundle. Immutable.
 *
 * @param schema names, types, units and defaults; those of {@link DayFeature} come last
 * @param categories names of each category feature; a name's place is its number, a name that is not here is missing
 */
public record ModelSchema(FeatureSchema schema, Map<String, List<String>> categories) {
    /** The version that this code makes. */
    public static final String VERSION = "1";
    /** How columns of the orders file are told from Doorstep's own features. */
    public static final String COLUMN_PREFIX = "column_";

    public ModelSchema {
        categories = Map.copyOf(categories);
        for (FeatureDefinition feature : schema.features()) {
            if (feature.type() == FeatureType.CATEGORY && !categories.containsKey(feature.name())) {
                throw new IllegalArgumentException("schema lists no categories of " + feature.name());
            }
        }
    }

    /**
     * A schema of all that Doorstep makes by itself and further columns.
     *
     * @param demand names of demand signals, numbers
     * @param numeric names of further numeric columns
     * @param categorical names of further categorical columns
     * @param promiseAsFeature whether the file's own promise is one
     */
    public static FeatureSchema everything(Collection<String> demand, Collection<String> numeric, Collection<String> categorical,
            boolean promiseAsFeature) {
        List<FeatureDefinition> features = new ArrayList<>();
        OrderFeature.all().forEach(feature -> features.add(feature.definition()));
        demand.forEach(name -> features.add(new FeatureDefinition(name, FeatureType.NUMBER, "count", "")));
        numeric.forEach(name -> features.add(new FeatureDefinition(COLUMN_PREFIX + columnName(name), FeatureType.NUMBER, "", "")));
        categorical
                .forEach(name -> features.add(new FeatureDefinition(COLUMN_PREFIX + columnName(name), FeatureType.CATEGORY, "name", "")));
        for (DayFeature feature : DayFeature.values()) {
            features.add(new FeatureDefinition(feature.featureName(), FeatureType.NUMBER, "day", ""));
        }
        if (!promiseAsFeature) {
            features.removeIf(feature -> feature.name().equals("promised_days")
                    || feature.name().equals(DayFeature.AFTER_PROMISE.featureName()));
        }
        return new FeatureSchema(VERSION, features);
    }

    /**
     * Features by which drift shows: not those that move with the clock and the calendar whatever happens, nor those of which an order has
     * another value for each candidate day.
     */
    public List<String> watched() {
        Set<String> clocks = madeBy(Factor.ORDER_TIME, Factor.CLOSED_DAYS);
        return names().stream().filter(name -> !clocks.contains(name) && DayFeature.ofName(name) == null).toList();
    }

    /** Those of {@link #watched} that the weekday and the season may move, and not what was known of earlier deliveries at the time. */
    public List<String> seasonal() {
        Set<String> byHistory = madeBy(Factor.RECENT_DELIVERIES, Factor.BACKLOG, Factor.DEMAND);
        return watched().stream().filter(name -> !byHistory.contains(name)).toList();
    }

    /** Names of Doorstep's own features that stand for one of some factors. */
    private static Set<String> madeBy(Factor... factors) {
        return OrderFeature.all().stream().filter(feature -> List.of(factors).contains(feature.factor()))
                .map(feature -> feature.definition().name()).collect(Collectors.toSet());
    }

    /** A column's name as features have it: LightGBM's file has room for letters, digits and underscores. */
    public static String columnName(String column) {
        return column.replaceAll("[^A-Za-z0-9_]", "_");
    }

    /** Names of the features in the order of a row. */
    public List<String> names() {
        return schema.features().stream().map(FeatureDefinition::name).toList();
    }

    /** The same with only some of the features. */
    public ModelSchema withOnly(Collection<String> kept) {
        Set<String> names = new HashSet<>(kept);
        return new ModelSchema(
                new FeatureSchema(schema.version(), schema.features().stream().filter(each -> names.contains(each.name())).toList()),
                categories);
    }
}
