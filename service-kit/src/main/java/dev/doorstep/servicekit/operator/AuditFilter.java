package dev.doorstep.servicekit.operator;

import dev.doorstep.commonmodel.error.DoorstepException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Writes who asked the management port for what, and whether it was let in: one line of the logger {@code doorstep.audit} a request, with
 * the fields of the Elastic Common Schema. What is open to all leaves none.
 */
public final class AuditFilter extends OncePerRequestFilter {
    private static final Logger log = LoggerFactory.getLogger("doorstep.audit");

    private final RequestMatcher open;

    /**
     * Creates a filter.
     *
     * @param open requests that need no token
     */
    AuditFilter(RequestMatcher open) {
        this.open = open;
    }

    /** The id that a request is known by: the one that it brings, else the server's. */
    public static String requestId(HttpServletRequest request) {
        String given = request.getHeader("X-Request-Id");
        return given == null ? request.getRequestId() : DoorstepException.shown(given);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return open.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean answered = false;
        try {
            chain.doFilter(request, response);
            answered = true;
        } finally {
            write(request, answered ? response.getStatus() : HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
        }
    }

    private static void write(HttpServletRequest request, int status) {
        String actor = Objects.requireNonNullElse(actor(), "nobody");
        String path = DoorstepException.shown(request.getRequestURI());
        log.atInfo().addKeyValue("event.category", "iam").addKeyValue("event.outcome", status < 400 ? "success" : "failure")
                .addKeyValue("user.name", actor).addKeyValue("http.request.id", requestId(request))
                .addKeyValue("http.request.method", request.getMethod()).addKeyValue("url.path", path)
                .addKeyValue("http.response.status_code", status)
                .log("{} {} by {} was answered with {}", request.getMethod(), path, actor, status);
    }

    private static @Nullable String actor() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication == null || authentication instanceof AnonymousAuthenticationToken ? null : authentication.getName();
    }
}
