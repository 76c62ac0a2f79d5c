package dev.doorstep.ingestservice.intake;

import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The trace that a document came with, as headers of its record. Made once for all documents that one thread takes within a span: to make
 * them takes as long as to parse a small document. Thread-safe.
 */
@Component
class TraceHeaders {
    private static final ThreadLocal<@Nullable Made> LAST = new ThreadLocal<>();

    private final Tracer tracer;
    private final Propagator propagator;

    TraceHeaders(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    private record Made(String traceId, String spanId, List<Header> headers) {
        boolean isOf(TraceContext context) {
            return spanId.equals(context.spanId()) && traceId.equals(context.traceId());
        }
    }

    /** Those of the thread's current span; empty outside of all spans. */
    List<Header> current() {
        TraceContext context = tracer.currentTraceContext().context();
        if (context == null) {
            return List.of();
        }
        Made made = LAST.get();
        if (made == null || !made.isOf(context)) {
            List<Header> headers = new ArrayList<>();
            propagator.inject(context, headers,
                    (all, name, text) -> Objects.requireNonNull(all).add(new RecordHeader(name, text.getBytes(StandardCharsets.US_ASCII))));
            made = new Made(context.traceId(), context.spanId(), headers);
            LAST.set(made);
        }
        return made.headers();
    }
}
