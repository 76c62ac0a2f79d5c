package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.ProblemDetail;

/** Makes problem details (RFC 9457) with the members {@code code}, {@code field} and {@code traceId}. */
public final class Problems {
    private Problems() {}

    /** The problem of an error that a caller is told about. */
    public static ProblemDetail of(DoorstepException e) {
        return of(e.code(), e.field(), String.valueOf(e.getMessage()));
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
}
