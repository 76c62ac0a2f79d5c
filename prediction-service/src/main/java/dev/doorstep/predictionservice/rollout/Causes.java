package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.registry.Cause;
import dev.doorstep.servicekit.operator.AuditFilter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Who asks, and by which request, as the history has it. */
final class Causes {
    private Causes() {}

    /** What a request causes, before any figures. */
    static Cause of(HttpServletRequest http, @Nullable String reason) {
        return new Cause(Objects.requireNonNullElse(http.getRemoteUser(), "unknown"), AuditFilter.requestId(http), reason, List.of());
    }
}
