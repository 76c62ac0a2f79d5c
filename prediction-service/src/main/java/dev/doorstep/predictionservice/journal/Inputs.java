package dev.doorstep.predictionservice.journal;

import dev.doorstep.forecasting.ForecastInput;
import java.util.List;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was forecast, as the journal keeps it: everything a replay needs but the model and the policy. Thread-safe. */
public final class Inputs {
    private static final TypeReference<List<ForecastInput>> PARCELS = new TypeReference<>() {
    };

    private final JsonMapper json = JsonMapper.builder().build();

    /** An order's parcels as JSON. */
    JsonNode write(List<ForecastInput> parcels) {
        return json.valueToTree(parcels);
    }

    /** The same parcels again. */
    public List<ForecastInput> read(JsonNode parcels) {
        return json.readValue(json.treeAsTokens(parcels), PARCELS);
    }
}
