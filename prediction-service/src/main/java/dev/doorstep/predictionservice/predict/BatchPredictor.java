package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.servicekit.problem.Problems;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers up to 100 requests in order; what is wrong with one is told in its place. Thread-safe. */
@Component
class BatchPredictor {
    static final int MAX_REQUESTS = 100;

    private static final Logger log = LoggerFactory.getLogger(BatchPredictor.class);

    private final Predictor predictor;
    private final Validator validator;
    private final JsonMapper json;

    BatchPredictor(Predictor predictor, Validator validator, JsonMapper json) {
        this.predictor = predictor;
        this.validator = validator;
        this.json = json;
    }

    /**
     * Answers a batch.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when the batch itself is wrong
     */
    JsonNode predict(JsonNode batch, Set<Include> include) {
        JsonNode requests = batch.path("requests");
        if (!requests.isArray() || requests.isEmpty() || requests.size() > MAX_REQUESTS) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "requests", "requests must hold 1 to " + MAX_REQUESTS + " requests: "
                    + (requests.isArray() ? requests.size() : requests.getNodeType()));
        }
        // All look-ups start before the first is waited for, so that a batch waits no longer than one request.
        List<Supplier<ObjectNode>> begun = new ArrayList<>();
        requests.forEach(request -> begun.add(begin(request, include)));
        ArrayNode results = json.createArrayNode();
        begun.forEach(result -> results.add(result.get()));
        return json.createObjectNode().set("results", results);
    }

    private Supplier<ObjectNode> begin(JsonNode request, Set<Include> include) {
        ObjectNode result = json.createObjectNode();
        result.set("id", request.path("id"));
        try {
            Predictor.Begun begun = predictor.begin(valid(request), include);
            return () -> complete(result, begun);
        } catch (DoorstepException e) {
            result.set("problem", json.valueToTree(Problems.of(e)));
            return () -> result;
        }
    }

    private ObjectNode complete(ObjectNode result, Predictor.Begun begun) {
        try {
            result.set("prediction", json.valueToTree(predictor.serve(begun)));
        } catch (DoorstepException e) {
            result.set("problem", json.valueToTree(Problems.of(e)));
        } catch (RuntimeException e) {
            // The others of the batch are not to blame.
            log.error("one request of a batch failed", e);
            result.set("problem", json.valueToTree(Problems.of(ErrorCode.INTERNAL, null, "the request failed inside; the log has it")));
        }
        return result;
    }

    private PredictionRequest valid(JsonNode node) {
        if (!(node instanceof ObjectNode object) || !object.path("id").isString()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "id", "id is missing or no text");
        }
        PredictionRequest request;
        try {
            request = json.treeToValue(object.deepCopy().without("id"), PredictionRequest.class);
        } catch (JacksonException e) {
            throw Problems.unreadable(e);
        }
        for (ConstraintViolation<PredictionRequest> violation : validator.validate(request)) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, violation.getPropertyPath().toString(), violation.getPropertyPath() + " "
                    + violation.getMessage() + ": " + DoorstepException.shown(violation.getInvalidValue()));
        }
        return request;
    }
}
