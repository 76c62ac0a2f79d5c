package dev.doorstep.ingestservice.http;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.BodyIntake;
import dev.doorstep.ingestservice.intake.BrokenBodyException;
import dev.doorstep.servicekit.problem.Problems;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/** Takes clickstream documents over HTTP and answers for each of them. */
@RestController
class EventsController {
    private static final String SOURCE = "http";

    private final BodyIntake intake;
    private final IngestSettings settings;
    private final JsonMapper json;

    EventsController(BodyIntake intake, IngestSettings settings, JsonMapper json) {
        this.intake = intake;
        this.settings = settings;
        this.json = json;
    }

    @PostMapping(path = "/v1/events", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(summary = "Takes one document, an array, NDJSON or an Elasticsearch search response, plain, gzip or zstd", description = "Answers for each document. Sending a body again is always safe.", requestBody = @RequestBody(required = true, content = {
            @Content(mediaType = MediaType.APPLICATION_JSON_VALUE, schema = @Schema(type = "object")),
            @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(type = "string"))}))
    @ApiResponse(responseCode = "202", description = "Kafka has every document")
    @ApiResponse(responseCode = "207", description = "Some documents were refused or must be sent again")
    @ApiResponse(responseCode = "400", description = "No document can be used")
    @ApiResponse(responseCode = "503", description = "Kafka has none of the documents, or too much is under way; send it again")
    void events(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try (AnswerSpool spool = new AnswerSpool(json)) {
            DoorstepException problem = take(request, spool);
            if (problem == null && spool.accepted() + spool.refused() + spool.unavailable() == 0) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, "body", "body holds no document");
            }
            HttpStatus status = status(spool, problem);
            response.setStatus(status.value());
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            if (spool.unavailable() > 0) {
                response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            }
            if (problem != null) {
                // What is left of the body must not be taken for the next request of this connection.
                response.setHeader(HttpHeaders.CONNECTION, "close");
            }
            write(spool, problem, response.getOutputStream());
        }
    }

    private @Nullable DoorstepException take(HttpServletRequest request, AnswerSpool spool) throws IOException {
        try {
            return intake.take(new BodyIntake.Body(request.getInputStream(), SOURCE, UUID.randomUUID().toString(), settings.limits(),
                    settings.documentsPerBody()), spool::add);
        } catch (BrokenBodyException e) {
            return new DoorstepException(ErrorCode.NOT_JSON, "body", "body broke off; send it again", e);
        }
    }

    private static HttpStatus status(AnswerSpool spool, @Nullable DoorstepException problem) {
        if (spool.accepted() == 0) {
            return spool.unavailable() > 0 ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_REQUEST;
        }
        return spool.refused() + spool.unavailable() == 0 && problem == null ? HttpStatus.ACCEPTED : HttpStatus.MULTI_STATUS;
    }

    private void write(AnswerSpool spool, @Nullable DoorstepException problem, OutputStream out) throws IOException {
        String head = "{\"accepted\":" + spool.accepted() + ",\"refused\":" + spool.refused() + ",\"unavailable\":" + spool.unavailable();
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        if (problem != null) {
            out.write(",\"problem\":".getBytes(StandardCharsets.US_ASCII));
            out.write(json.writeValueAsBytes(Problems.of(problem)));
        }
        out.write(",\"documents\":[".getBytes(StandardCharsets.US_ASCII));
        spool.writeTo(out);
        out.write("]}".getBytes(StandardCharsets.US_ASCII));
    }
}
