package dev.doorstep.predictionservice.promise;

import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.commonmodel.prediction.PromiseRequest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.validation.Valid;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Makes and shows promises. */
@RestController
class PromiseController {
    private final PromiseKeeper keeper;

    PromiseController(PromiseKeeper keeper) {
        this.keeper = keeper;
    }

    @PostMapping(path = "/v1/promises", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Turns an answer into a promise to an order", description = "201 means it is durable. The same request gives the same promise again.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Promise.class)))
    @ApiResponse(responseCode = "409", description = "The order has another promise")
    @ApiResponse(responseCode = "410", description = "The answer is no longer valid")
    @ApiResponse(responseCode = "503", description = "The store does not answer; send the same request again")
    ResponseEntity<byte[]> promise(@Valid @RequestBody PromiseRequest request) {
        PromiseKeeper.Kept kept = keeper.keep(request);
        return ResponseEntity.created(URI.create("/v1/promises/" + kept.promiseId())).contentType(MediaType.APPLICATION_JSON)
                .body(kept.body());
    }

    @GetMapping(path = "/v1/promises/{promiseId}", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "A promise, byte for byte as it was made")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Promise.class)))
    @ApiResponse(responseCode = "410", description = "The promise was erased with its customer")
    ResponseEntity<byte[]> promise(@PathVariable String promiseId) {
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(keeper.find(promiseId).body());
    }
}
