package dev.doorstep.ingestservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.ingestservice.intake.IntakeLog;
import dev.doorstep.ingestservice.intake.Receipt;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** Takes scans of parcels and answers for each of them. */
@RestController
class OutcomesController {
    private static final int MOST_OUTCOMES = 1_000;

    private final IntakeLog intake;
    private final OutcomeReader reader;

    OutcomesController(IntakeLog intake, OutcomeReader reader) {
        this.intake = intake;
        this.reader = reader;
    }

    /** What was taken and what was not. */
    record Answer(int accepted, int refused, int unavailable, List<OutcomeReceipt> outcomes) {}

    @PostMapping(path = "/v1/outcomes", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Takes what carriers scanned of parcels: one outcome, or an array of up to 1,000", description = "Answers for each outcome. Sending one again under the same outcomeId is always safe.", requestBody = @io.swagger.v3.oas.annotations.parameters.RequestBody(required = true, content = @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(implementation = Outcome.class))))
    @ApiResponse(responseCode = "202", description = "Kafka has every outcome")
    @ApiResponse(responseCode = "207", description = "Some outcomes were refused or must be sent again")
    @ApiResponse(responseCode = "400", description = "No outcome can be used")
    @ApiResponse(responseCode = "503", description = "Kafka has none of the outcomes; send them again")
    ResponseEntity<Answer> outcomes(@RequestBody JsonNode body) {
        List<JsonNode> nodes = new ArrayList<>();
        if (body.isArray()) {
            body.forEach(nodes::add);
        } else {
            nodes.add(body);
        }
        if (nodes.isEmpty() || nodes.size() > MOST_OUTCOMES) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "body",
                    "body must hold 1 to " + MOST_OUTCOMES + " outcomes: " + nodes.size());
        }
        List<CompletableFuture<OutcomeReceipt>> receipts = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            receipts.add(take(i, nodes.get(i)));
        }
        List<OutcomeReceipt> done = receipts.stream().map(CompletableFuture::join).toList();
        int accepted = count(done, Receipt.Status.ACCEPTED);
        int unavailable = count(done, Receipt.Status.UNAVAILABLE);
        HttpStatus status = accepted == done.size()
                ? HttpStatus.ACCEPTED
                : accepted > 0 ? HttpStatus.MULTI_STATUS : unavailable > 0 ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_REQUEST;
        ResponseEntity.BodyBuilder answer = ResponseEntity.status(status);
        if (unavailable > 0) {
            answer.header(HttpHeaders.RETRY_AFTER, "1");
        }
        return answer.body(new Answer(accepted, done.size() - accepted - unavailable, unavailable, done));
    }

    private CompletableFuture<OutcomeReceipt> take(int index, JsonNode node) {
        Outcome outcome;
        try {
            outcome = reader.read(node);
        } catch (DoorstepException e) {
            intake.rejected(Topics.OUTCOMES_SOURCE);
            return CompletableFuture
                    .completedFuture(
                            new OutcomeReceipt(index, reader.idOf(node), Receipt.Status.REFUSED, e.code(), e.field(), e.getMessage()));
        }
        return intake.append(reader.record(outcome)).handle((_, failure) -> failure == null
                ? new OutcomeReceipt(index, outcome.outcomeId(), Receipt.Status.ACCEPTED, null, null, null)
                : new OutcomeReceipt(index, outcome.outcomeId(), Receipt.Status.UNAVAILABLE, ErrorCode.BROKER_UNAVAILABLE, null,
                        "Kafka did not acknowledge; send it again"));
    }

    private static int count(List<OutcomeReceipt> receipts, Receipt.Status status) {
        return (int) receipts.stream().filter(each -> each.status() == status).count();
    }
}
