package dev.doorstep.servicekit.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoadSheddingFilterTest {
    private final JsonMapper json = new JsonMapper();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final LoadSheddingFilter filter = new LoadSheddingFilter(2, json, metrics);

    @Test
    void filter_oneRequestTooMany_isShedAndTheNextOneIsServed() throws Exception {
        List<MockHttpServletResponse> inner = new ArrayList<>();
        MockHttpServletResponse first = new MockHttpServletResponse();
        // 1. Two requests are under way, a third one comes.
        filter.doFilter(request(), first, (_, _) -> filter.doFilter(request(), new MockHttpServletResponse(), (_, _) -> {
            MockHttpServletResponse third = new MockHttpServletResponse();
            filter.doFilter(request(), third, (_, _) -> inner.add(third));
            inner.add(third);
        }));
        // 2. It was answered at once, and never came through.
        assertThat(inner).hasSize(1);
        MockHttpServletResponse shed = inner.getFirst();
        assertThat(shed.getStatus()).isEqualTo(503);
        assertThat(shed.getHeader("Retry-After")).isEqualTo("1");
        assertThat(shed.getContentType()).isEqualTo("application/problem+json");
        JsonNode problem = json.readTree(shed.getContentAsString());
        assertThat(problem.path("properties").path("code").asString(problem.path("code").asString())).isEqualTo("OVERLOADED");
        assertThat(metrics.counter("doorstep.http.shed").count()).isEqualTo(1);
        // 3. Once the others are done there is room again, also after a failure.
        filter.doFilter(request(), new MockHttpServletResponse(), (_, _) -> inner.add(first));
        assertThat(inner).hasSize(2);
    }

    private static MockHttpServletRequest request() {
        return new MockHttpServletRequest("GET", "/v1/x");
    }
}
