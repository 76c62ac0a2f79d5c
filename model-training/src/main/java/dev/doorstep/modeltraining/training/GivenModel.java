package dev.doorstep.modeltraining.training;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.DayFeature;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.modeltraining.onnx.OnnxForest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/**
 * A hazard forest that was grown elsewhere, on rows as {@code train --features-out} writes them.
 *
 * @param text LightGBM's model file, of the objective binary; of an ONNX model, what it is in that form
 * @param features their names in the order of the model's columns
 * @param categories of each category feature, the names in the order of their numbers
 */
public record GivenModel(String text, List<String> features, Map<String, List<String>> categories) {
    private static final YAMLMapper YAML = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    /** The schema's file. */
    private record SchemaFile(@Nullable List<String> features, @Nullable Map<String, List<String>> categories) {}

    public GivenModel {
        features = List.copyOf(features);
        categories = Map.copyOf(categories);
    }

    /**
     * Reads a model and what its columns are.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} or {@code INVALID_MODEL} that names what is wrong with either file
     */
    public static GivenModel read(Path model, Path schema) {
        SchemaFile file;
        try {
            file = YAML.readValue(text("--features", schema), SchemaFile.class);
        } catch (JacksonException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "--features",
                    "--features: " + e.getOriginalMessage() + " " + e.getPathReference(), e);
        }
        if (file == null || file.features() == null) {
            throw refused("features", "must list the model's columns in their order");
        }
        requireNames("features", file.features());
        if (file.categories() != null) {
            file.categories().forEach(GivenModel::requireNames);
        }
        boolean isOnnx = model.toString().endsWith(".onnx");
        GivenModel given = new GivenModel(isOnnx ? onnx(model, file.features()) : text("--model", model), file.features(),
                file.categories() == null ? Map.of() : file.categories());
        Forest forest = Forest.read(given.text());
        if (!forest.featureNames().equals(given.features())) {
            throw refused("features", "are not those of the model, in its order: " + forest.featureNames());
        }
        HazardModel.requireHazards(forest);
        requireWith(given, DayFeature.AFTER_EXPECTED, "expected_days");
        requireWith(given, DayFeature.AFTER_PROMISE, "promised_days");
        if (!given.features().contains(DayFeature.DAY.featureName()) && !given.features().contains(DayFeature.OPEN_DAY.featureName())) {
            throw refused("features", "have neither day nor open_day, so that all days would be alike");
        }
        return given;
    }

    /**
     * The schema of the model.
     *
     * @param known every feature that can be made of the orders
     */
    ModelSchema schema(ModelSchema known) {
        Map<String, FeatureDefinition> byName = new HashMap<>();
        known.schema().features().forEach(feature -> byName.put(feature.name(), feature));
        List<FeatureDefinition> definitions = new ArrayList<>();
        for (String name : features) {
            FeatureDefinition feature = byName.get(name);
            if (feature == null) {
                throw refused(name, "is no feature that can be made of these orders and their mapping");
            }
            boolean named = categories.containsKey(name);
            if (named != (feature.type() == FeatureType.CATEGORY)) {
                throw refused(name, named ? "is a number and has no categories" : "is a category and needs its names under categories");
            }
            definitions.add(feature);
        }
        Set<String> others = new HashSet<>(categories.keySet());
        features.forEach(others::remove);
        if (!others.isEmpty()) {
            throw refused("categories", "name what is no feature: " + others);
        }
        return new ModelSchema(new FeatureSchema(ModelSchema.VERSION, definitions), categories);
    }

    /** A day feature that counts from another feature is missing without it. */
    private static void requireWith(GivenModel given, DayFeature feature, String base) {
        if (given.features().contains(feature.featureName()) && !given.features().contains(base)) {
            throw refused(feature.featureName(), "counts from " + base + ", which must be among the features too");
        }
    }

    private static void requireNames(String field, @Nullable List<@Nullable String> names) {
        if (names == null || names.isEmpty() || names.contains(null) || new HashSet<>(names).size() < names.size()) {
            throw refused(field, "must be a list of different names: " + names);
        }
    }

    private static String onnx(Path model, List<String> features) {
        try {
            return OnnxForest.toLightGbm(Files.readAllBytes(model), features);
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "--model", "--model can't be read: " + e.getMessage(), e);
        }
    }

    private static String text(String option, Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, option, option + " can't be read as text: " + e.getMessage(), e);
        }
    }

    private static DoorstepException refused(String field, String what) {
        return new DoorstepException(ErrorCode.INVALID_REQUEST, field, "--features: " + field + " " + what);
    }
}
