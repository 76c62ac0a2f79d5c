package dev.doorstep.predictionservice.outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows what became of promises. */
@RestController
@RequestMapping(produces = MediaType.APPLICATION_JSON_VALUE)
class OutcomesApi {
    private final Outcomes outcomes;
    private final Replay replay;
    private final Reliability reliability;

    OutcomesApi(Outcomes outcomes, Replay replay, Reliability reliability) {
        this.outcomes = outcomes;
        this.replay = replay;
        this.reliability = reliability;
    }

    @GetMapping("/v1/promises/{promiseId}/outcome")
    @Operation(summary = "What became of a promise, from all scans that name it or its order")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "404", description = "There is no such promise, or it was erased")
    Delivery outcome(@PathVariable String promiseId) {
        Delivery delivery = outcomes.delivery(promiseId);
        if (delivery == null) {
            throw Replay.notFound(promiseId);
        }
        return delivery;
    }

    @GetMapping("/v1/promises/{promiseId}/replay")
    @Operation(summary = "Makes a promise again from what it was made from, and says whether it is identical")
    @ApiResponse(responseCode = "200")
    @ApiResponse(responseCode = "409", description = "What it was made from is not all there; the message names what is missing")
    Replay.Result replay(@PathVariable String promiseId) {
        return replay.of(promiseId);
    }

    @GetMapping("/v1/reliability")
    @Operation(summary = "Which share of promises was kept, by model, lane group and confidence, in mature cohorts only")
    @ApiResponse(responseCode = "200")
    List<Reliability.Group> reliability() {
        return reliability.count();
    }
}
