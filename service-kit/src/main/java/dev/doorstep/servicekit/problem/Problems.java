package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Makes problem details (RFC 9457) with the members {@code code}, {@code field} and {@code traceId}. */
public final class Problems {
    private Problems() {}

    /** The problem of an error that a caller is told about. */
    public static ProblemDetail of(DoorstepException e) {
        return of(e.code(), e.field(), String.valueOf(e.getMessage()));
    }

    /** Answers a request with a problem, before any controller has it. */
    public static void write(HttpServletResponse response, JsonMapper json, ProblemDetail problem) throws IOException {
        response.setStatus(problem.getStatus());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        json.writeValue(response.getOutputStream(), problem);
    }

    /** A problem of a code, with one sentence of detail. */
    public static ProblemDetail of(ErrorCode code, @Nullable String field, String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(ProblemStatus.of(code), detail);
        problem.setType(URI.create("urn:doorstep:error:" + code.name()));
        String title = code.name().replace('_', ' ').toLowerCase(Locale.ROOT);
        problem.setTitle(Character.toUpperCase(title.charAt(0)) + title.substring(1));
        problem.setProperty("code", code.name());
        if (field != null) {
            problem.setProperty("field", field);
        }
        String traceId = MDC.get("traceId");
        if (traceId != null && !traceId.isEmpty()) {
            problem.setProperty("traceId", traceId);
        }
        return problem;
    }

    /** What to tell a caller whose JSON can't be read: the field's path and what is wrong with it. */
    public static DoorstepException unreadable(JacksonException e) {
        if (e.getCause() instanceof DoorstepException cause) {
            return cause;
        }
        String path = path(e);
        String field = path.isEmpty() ? "body" : path;
        String what = e instanceof UnrecognizedPropertyException
                ? "is not a field of this request"
                : "can't be read: " + DoorstepException.shown(e.getOriginalMessage());
        return new DoorstepException(ErrorCode.INVALID_REQUEST, field, field + " " + what, e);
    }

    private static String path(JacksonException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference reference : e.getPath()) {
            if (reference.getPropertyName() == null) {
                path.append('[').append(reference.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
            }
        }
        return path.toString();
    }
}
