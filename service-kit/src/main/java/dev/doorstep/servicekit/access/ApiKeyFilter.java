package dev.doorstep.servicekit.access;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.servicekit.access.AccessSettings.Audience;
import dev.doorstep.servicekit.problem.Problems;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets callers in by their keys. Once any key is configured, everything under {@code /v1} needs the key of a server, but for what browsers
 * may ask: that needs a key too as soon as there is a publishable one.
 */
final class ApiKeyFilter extends OncePerRequestFilter {
    private final ApiKeys keys;
    private final List<String> publishable;
    private final Clock clock;
    private final JsonMapper json;
    private final MeterRegistry metrics;

    /**
     * Creates a filter.
     *
     * @param publishable beginnings of the paths that browsers may ask for
     */
    ApiKeyFilter(ApiKeys keys, List<String> publishable, Clock clock, JsonMapper json, MeterRegistry metrics) {
        this.keys = keys;
        this.publishable = publishable;
        this.clock = clock;
        this.json = json;
        this.metrics = metrics;
    }

    /** Why a request is refused, and when it may come again; 0 for never. */
    private record Refusal(ErrorCode code, String detail, long retryAfterSeconds) {}

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return keys.isEmpty() || !path(request).startsWith("/v1/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(ApiKeys.HEADER);
        Caller caller = keys.find(given);
        String path = path(request);
        boolean forBrowsers = publishable.stream().anyMatch(start -> path.equals(start) || path.startsWith(start + "/"));
        Refusal refusal = caller != null ? refusal(caller, request, forBrowsers) : stranger(given, forBrowsers);
        metrics.counter("doorstep.access", "caller", caller == null ? "none" : caller.key().name(), "result",
                refusal == null ? "allowed" : refusal.code().name()).increment();
        if (refusal == null) {
            chain.doFilter(request, response);
            return;
        }
        if (refusal.retryAfterSeconds() > 0) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfterSeconds()));
        }
        Problems.write(response, json, Problems.of(refusal.code(), ApiKeys.HEADER, refusal.detail()));
    }

    /** As the controllers see it: decoded, so that nobody gets past by writing it in another way. */
    private static String path(HttpServletRequest request) {
        return request.getServletPath();
    }

    private @Nullable Refusal stranger(@Nullable String given, boolean forBrowsers) {
        if (given != null) {
            return new Refusal(ErrorCode.UNAUTHENTICATED, ApiKeys.HEADER + " is no key that is known here", 0);
        }
        return forBrowsers && !keys.hasPublishable()
                ? null
                : new Refusal(ErrorCode.UNAUTHENTICATED, ApiKeys.HEADER + " is missing: this needs a "
                        + (forBrowsers ? "publishable or server key" : "server key"), 0);
    }

    private @Nullable Refusal refusal(Caller caller, HttpServletRequest request, boolean forBrowsers) {
        AccessSettings.Key key = caller.key();
        if (key.audience() == Audience.PUBLISHABLE) {
            if (!forBrowsers) {
                return new Refusal(ErrorCode.FORBIDDEN, ApiKeys.HEADER + " is a publishable key, this needs a server's", 0);
            }
            String origin = request.getHeader(HttpHeaders.ORIGIN);
            if (!key.origins().isEmpty() && (origin == null || !key.origins().contains(origin))) {
                return new Refusal(ErrorCode.FORBIDDEN,
                        ApiKeys.HEADER + " can't be used from origin " + (origin == null ? "none" : DoorstepException.shown(origin)), 0);
            }
        }
        long wait = caller.takeOfRate();
        if (wait > 0) {
            return new Refusal(ErrorCode.RATE_LIMITED, "more than " + key.perSecond() + " requests a second with this key", wait);
        }
        wait = caller.takeOfDay(clock.instant());
        return wait == 0
                ? null
                : new Refusal(ErrorCode.QUOTA_EXHAUSTED, "the " + key.perDay() + " requests of this key's day (UTC) are used up", wait);
    }
}
