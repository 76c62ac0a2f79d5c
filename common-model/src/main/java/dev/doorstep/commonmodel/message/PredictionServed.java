package dev.doorstep.commonmodel.message;

import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import java.util.List;
import java.util.Objects;

/**
 * The value of {@code predictions.served}: an answer and the features it was made from. Schema {@code prediction-served/1}.
 *
 * @param servedAt epoch milliseconds
 */
public record PredictionServed(long servedAt, PredictionAnswer answer, List<FeatureValue> features) {
    public static final String SCHEMA = "prediction-served/1";

    public PredictionServed {
        Objects.requireNonNull(answer, "answer");
        features = List.copyOf(features);
    }
}
