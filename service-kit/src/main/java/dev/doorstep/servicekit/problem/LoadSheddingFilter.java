package dev.doorstep.servicekit.problem;

import dev.doorstep.commonmodel.error.ErrorCode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers 503 at once when too many requests are under way, instead of letting all of them become slow. Virtual threads would queue without
 * bound.
 */
public final class LoadSheddingFilter extends OncePerRequestFilter {
    private final Semaphore places;
    private final int most;
    private final JsonMapper json;
    private final Counter shed;

    /**
     * Creates a filter.
     *
     * @param most requests under way at once, 1 or more
     */
    public LoadSheddingFilter(int most, JsonMapper json, MeterRegistry metrics) {
        this.places = new Semaphore(most);
        this.most = most;
        this.json = json;
        this.shed = metrics.counter("doorstep.http.shed");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (!places.tryAcquire()) {
            shed.increment();
            response.setHeader(HttpHeaders.RETRY_AFTER, "1");
            Problems.write(response, json,
                    Problems.of(ErrorCode.OVERLOADED, null, "more than " + most + " requests are under way; send this one again"));
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            places.release();
        }
    }
}
