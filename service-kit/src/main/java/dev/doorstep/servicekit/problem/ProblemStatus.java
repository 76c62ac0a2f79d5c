package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.ErrorCode;
import org.springframework.http.HttpStatus;

/** The one place that maps error codes to HTTP. */
public final class ProblemStatus {
    private ProblemStatus() {}

    /** The code of an error of which only the status is known. */
    static ErrorCode codeOf(int status) {
        return switch (status) {
            case 404 -> ErrorCode.NOT_FOUND;
            case 405 -> ErrorCode.METHOD_NOT_ALLOWED;
            case 406 -> ErrorCode.NOT_ACCEPTABLE;
            case 413 -> ErrorCode.TOO_LARGE;
            case 415 -> ErrorCode.UNSUPPORTED_MEDIA_TYPE;
            case 503 -> ErrorCode.OVERLOADED;
            default -> status >= 400 && status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL;
        };
    }

    /** The status that a problem of this code is answered with. */
    public static HttpStatus of(ErrorCode code) {
        return switch (code) {
            case NOT_JSON, TOO_DEEP, DUPLICATE_KEY, MISSING_ID, MISSING_CREATED_DATE_TIME, UNREADABLE_TIMESTAMP, TIMESTAMP_OUT_OF_RANGE,
                    INVALID_FIELD, TOO_OLD, UNREADABLE_RECORD, INVALID_REQUEST, INVALID_TOKEN, INVALID_MODEL ->
                HttpStatus.BAD_REQUEST;
            case TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
            case NOT_FOUND -> HttpStatus.NOT_FOUND;
            case METHOD_NOT_ALLOWED -> HttpStatus.METHOD_NOT_ALLOWED;
            case NOT_ACCEPTABLE -> HttpStatus.NOT_ACCEPTABLE;
            case UNSUPPORTED_MEDIA_TYPE -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
            case UNAUTHENTICATED -> HttpStatus.UNAUTHORIZED;
            case FORBIDDEN -> HttpStatus.FORBIDDEN;
            case ID_CONFLICT, PROMISE_CONFLICT, MODEL_CONFLICT, MODEL_BLOCKED, ROLLOUT_CONFLICT, REPLAY_IMPOSSIBLE -> HttpStatus.CONFLICT;
            case TOKEN_EXPIRED, ERASED -> HttpStatus.GONE;
            case NO_SERVICE -> HttpStatus.UNPROCESSABLE_CONTENT;
            case RATE_LIMITED, QUOTA_EXHAUSTED -> HttpStatus.TOO_MANY_REQUESTS;
            case OVERLOADED, BROKER_UNAVAILABLE, STORE_UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
            case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
        };
    }
}
