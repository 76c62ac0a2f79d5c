package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.predictionservice.registry.Change;
import dev.doorstep.predictionservice.registry.Model;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.servicekit.operator.OperatorController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;

/** Models and the history of what served, for operators. */
@OperatorController
class ModelsController {
    private static final int MOST_ENTRIES = 1_000;

    private final Registry registry;
    private final Registration registration;
    private final Clock clock;

    ModelsController(Registry registry, Registration registration, Clock clock) {
        this.registry = registry;
        this.registration = registration;
        this.clock = clock;
    }

    /** The digest of a bundle in the models' folder or bucket. */
    record Registering(@NotNull @Pattern(regexp = "[0-9a-f]{64}", message = "must have 64 hex digits") String digest) {}

    @PostMapping("/v1/models")
    ResponseEntity<Model> register(@Valid @RequestBody Registering request, HttpServletRequest http) {
        Model model = registration.register(request.digest(), Causes.of(http, null));
        return ResponseEntity.created(URI.create("/v1/models/" + model.version())).body(model);
    }

    @GetMapping("/v1/models")
    List<Model> models() {
        return registry.models();
    }

    @GetMapping("/v1/models/{version}")
    Model model(@PathVariable String version) {
        return registry.model("version", version);
    }

    /** What served at an instant and how that came about: the entry that held then first, older ones after it. */
    @GetMapping("/v1/history")
    List<Change> history(@RequestParam(required = false) @Nullable Instant at, @RequestParam(defaultValue = "50") int limit) {
        if (limit < 1 || limit > MOST_ENTRIES) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "limit", "limit must lie between 1 and " + MOST_ENTRIES + ": " + limit);
        }
        return registry.history(at == null ? clock.instant() : at, limit);
    }
}
