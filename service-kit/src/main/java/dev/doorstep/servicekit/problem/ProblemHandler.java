package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.error.ErrorType;
import jakarta.validation.ConstraintViolationException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.FieldError;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import software.amazon.awssdk.core.exception.SdkException;
import tools.jackson.core.JacksonException;

/** Answers every error of a controller with a problem detail. */
@RestControllerAdvice
public class ProblemHandler extends ResponseEntityExceptionHandler {
    private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);
    private static final String RETRY_AFTER_SECONDS = "1";
    private static final int ERRORS_NAMED = 10;

    @ExceptionHandler(DoorstepException.class)
    ResponseEntity<Object> doorstep(DoorstepException e) {
        if (e.code().type() == ErrorType.INTERNAL) {
            log.error("request failed: {}", e.getMessage(), e);
        }
        return entity(Problems.of(e), e.code());
    }

    @ExceptionHandler(ConstraintViolationException.class)
    ResponseEntity<Object> violations(ConstraintViolationException e) {
        return invalid(e.getConstraintViolations().stream()
                .map(violation -> error(violation.getPropertyPath().toString(), violation.getMessage(), violation.getInvalidValue()))
                .toList());
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ResponseEntity<Object> mismatch(MethodArgumentTypeMismatchException e) {
        return invalid(List.of(error(e.getName(), "can't be read", e.getValue())));
    }

    /** Controllers that can answer without the store, or can say more, do so before this. */
    @ExceptionHandler(SdkException.class)
    ResponseEntity<Object> storeAway(SdkException e) {
        return doorstep(new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null, "DynamoDB does not answer; send the request again", e));
    }

    @ExceptionHandler({org.apache.kafka.common.KafkaException.class, org.springframework.kafka.KafkaException.class})
    ResponseEntity<Object> brokerAway(RuntimeException e) {
        return doorstep(new DoorstepException(ErrorCode.BROKER_UNAVAILABLE, null, "Kafka does not answer; send the request again", e));
    }

    @ExceptionHandler(Exception.class)
    ResponseEntity<Object> unexpected(Exception e) {
        log.error("request failed", e);
        return entity(Problems.of(ErrorCode.INTERNAL, null, "the request failed inside; the log has it under this trace"),
                ErrorCode.INTERNAL);
    }

    @Override
    protected ResponseEntity<Object> handleMethodArgumentNotValid(MethodArgumentNotValidException e, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        return invalid(e.getBindingResult().getAllErrors().stream()
                .map(error -> error instanceof FieldError field
                        ? error(field.getField(), String.valueOf(field.getDefaultMessage()), field.getRejectedValue())
                        : error(error.getObjectName(), String.valueOf(error.getDefaultMessage()), null))
                .toList());
    }

    @Override
    protected ResponseEntity<Object> handleHandlerMethodValidationException(HandlerMethodValidationException e, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        return invalid(e.getParameterValidationResults().stream()
                .flatMap(result -> result.getResolvableErrors().stream()
                        .map(error -> error(String.valueOf(result.getMethodParameter().getParameterName()),
                                String.valueOf(error.getDefaultMessage()), result.getArgument())))
                .toList());
    }

    @Override
    protected ResponseEntity<Object> handleMissingServletRequestParameter(MissingServletRequestParameterException e, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        return invalid(List.of(error(e.getParameterName(), "is missing", null)));
    }

    @Override
    protected ResponseEntity<Object> handleHttpMessageNotReadable(HttpMessageNotReadableException e, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        return switch (e.getCause()) {
            case JacksonException json -> doorstep(Problems.unreadable(json));
            case null, default -> invalid(List.of(error("body", "is missing or can't be read", null)));
        };
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception e, @Nullable Object body, HttpHeaders headers,
            HttpStatusCode status, WebRequest request) {
        ErrorCode code = ProblemStatus.codeOf(status.value());
        String detail = body instanceof ProblemDetail problem && problem.getDetail() != null
                ? problem.getDetail()
                : Objects.requireNonNullElse(e.getMessage(), code.name());
        ResponseEntity<Object> entity = entity(Problems.of(code, null, DoorstepException.shown(detail)), code);
        return ResponseEntity.status(entity.getStatusCode()).headers(headers).headers(entity.getHeaders()).body(entity.getBody());
    }

    private static ResponseEntity<Object> invalid(List<Map<String, String>> unordered) {
        // Validators report in any order; the same request must get the same answer.
        List<Map<String, String>> errors = unordered.stream().sorted(Comparator.comparing(error -> error.get("field"))).toList();
        Map<String, String> first = errors.getFirst();
        ProblemDetail problem = Problems.of(ErrorCode.INVALID_REQUEST, first.get("field"), first.get("field") + " " + first.get("message"));
        if (errors.size() > 1) {
            problem.setProperty("errors", errors.stream().limit(ERRORS_NAMED).toList());
        }
        return entity(problem, ErrorCode.INVALID_REQUEST);
    }

    private static Map<String, String> error(String field, String message, @Nullable Object value) {
        String shown = value == null ? message : message + ": " + DoorstepException.shown(value);
        return Map.of("field", field.isEmpty() ? "body" : field, "message", shown);
    }

    private static ResponseEntity<Object> entity(ProblemDetail problem, ErrorCode code) {
        ResponseEntity.BodyBuilder builder = ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (code.type() == ErrorType.CAPACITY) {
            builder.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        return builder.body(problem);
    }
}
