package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.servicekit.access.ApiKeys;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Answers on which day a parcel arrives. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
class PredictionController {
    private static final String EXAMPLE = """
                                          {"destination": {"country": "US", "postalCode": "94110"}, "items": [{"sku": "LMP-2041", "quantity": 1}]}""";

    private final Predictor predictor;
    private final BatchPredictor batches;
    private final ServerKeys keys;
    private final Clock clock;

    PredictionController(Predictor predictor, BatchPredictor batches, ServerKeys keys, Clock clock) {
        this.predictor = predictor;
        this.batches = batches;
        this.keys = keys;
        this.clock = clock;
    }

    @PostMapping("/v1/predictions")
    @Operation(summary = "On which day a parcel arrives, and how sure that is", requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(content = @Content(examples = @ExampleObject(EXAMPLE))))
    @ApiResponse(responseCode = "200")
    PredictionAnswer predict(@Valid @RequestBody PredictionRequest request,
            @RequestParam(required = false) @Nullable List<String> include,
            @RequestHeader(name = ApiKeys.HEADER, required = false) @Nullable String key) {
        return predictor.predict(request, parts(include, key));
    }

    @PostMapping("/v1/models/{version}/predictions")
    @Operation(summary = "The same by one version of the model, whatever serves; for servers with a key")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "This version is not loaded")
    PredictionAnswer predictBy(@PathVariable String version, @Valid @RequestBody PredictionRequest request,
            @RequestParam(required = false) @Nullable List<String> include,
            @RequestHeader(name = ApiKeys.HEADER, required = false) @Nullable String key) {
        keys.require(key, "for a version of one's choice");
        return predictor.predictBy(version, request, Include.parse(include));
    }

    @PostMapping("/v1/predictions/batch")
    @Operation(summary = "Up to 100 predictions: {\"requests\": [{\"id\", …}]}, answered in order as {\"results\": [{\"id\", \"prediction\" | \"problem\"}]}")
    JsonNode batch(@RequestBody JsonNode batch, @RequestParam(required = false) @Nullable List<String> include,
            @RequestHeader(name = ApiKeys.HEADER, required = false) @Nullable String key) {
        return batches.predict(batch, parts(include, key));
    }

    private Set<Include> parts(@Nullable List<String> include, @Nullable String key) {
        Set<Include> parts = Include.parse(include);
        keys.require(parts, key);
        return parts;
    }

    @GetMapping("/v1/predictions")
    @Operation(summary = "The same for a product page, cacheable until the cut-off")
    ResponseEntity<PredictionAnswer> get(
            @RequestParam @Pattern(regexp = "[A-Za-z]{2}", message = "must be a two-letter country code") String country,
            @RequestParam(required = false) @Nullable @Size(max = 16) String postalCode,
            @Parameter(description = "SKU, once for each item", required = true) @RequestParam MultiValueMap<String, String> parameters,
            @RequestParam(required = false) @Nullable @Size(max = 64) String service,
            @RequestParam(required = false) @Nullable @DecimalMin("0.01") @DecimalMax("0.999") Double confidence) {
        // Not bound as a list: Spring would cut a SKU with a comma in two.
        List<PredictionRequest.Item> items = new ArrayList<>();
        for (String sku : parameters.getOrDefault("sku", List.of())) {
            if (sku.isBlank() || sku.length() > 256) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, "sku",
                        "sku must have 1 to 256 characters: " + DoorstepException.shown(sku));
            }
            items.add(new PredictionRequest.Item(sku, null, null));
        }
        if (items.isEmpty() || items.size() > 200) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "sku", "sku must be given 1 to 200 times: " + items.size());
        }
        PredictionAnswer answer = predictor
                .predict(new PredictionRequest(new PredictionRequest.Destination(country, postalCode), items, null,
                        service == null ? null : List.of(service), confidence, null, null, null, null, null), Include.parse(null));
        Duration untilCutoff = Duration.between(clock.instant(), answer.validUntil());
        // An answer that lacks what the next one may have must not be everyone's answer until the cut-off.
        boolean whole = answer.reasonCodes().stream().noneMatch(code -> code.startsWith("FEATURES_"));
        return ResponseEntity.ok().cacheControl(whole ? CacheControl.maxAge(untilCutoff).cachePublic() : CacheControl.noStore())
                .body(answer);
    }
}
