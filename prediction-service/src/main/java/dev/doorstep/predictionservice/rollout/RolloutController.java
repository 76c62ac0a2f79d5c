package dev.doorstep.predictionservice.rollout;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.predictionservice.registry.Registry;
import dev.doorstep.predictionservice.registry.SafeMode;
import dev.doorstep.predictionservice.registry.Serving;
import dev.doorstep.servicekit.operator.OperatorController;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;

/** Rollouts, rollbacks, safe mode and freeze, for operators. */
@OperatorController
class RolloutController {
    private final Rollouts rollouts;
    private final Registry registry;
    private final Follower follower;
    private final Clock clock;

    RolloutController(Rollouts rollouts, Registry registry, Follower follower, Clock clock) {
        this.rollouts = rollouts;
        this.registry = registry;
        this.follower = follower;
        this.clock = clock;
    }

    /** Why, in words. */
    record Reason(@NotBlank @Size(max = 500) String reason) {}

    /** Whether straight to all customers. */
    record Promotion(@Nullable Boolean full) {}

    /** Where to go back to, or null for the last good model; and why. */
    record Rollback(@Nullable @Size(max = 64) String to, @NotBlank @Size(max = 500) String reason) {}

    /** A rung, until when, and why. */
    record Pin(@NotNull Basis basis, @NotNull Instant until, @NotBlank @Size(max = 500) String reason) {}

    @PostMapping("/v1/rollouts")
    ResponseEntity<RolloutReport> start(@Valid @RequestBody RolloutRequest request, HttpServletRequest http) {
        RolloutReport report = rollouts.start(request, Causes.of(http, null));
        follower.follow();
        return ResponseEntity.created(URI.create("/v1/rollouts/" + report.rollout().rolloutId())).body(report);
    }

    @GetMapping("/v1/rollouts")
    List<RolloutReport> open() {
        return registry.required().rollouts().stream().map(rollout -> rollouts.find(rollout.rolloutId())).toList();
    }

    @GetMapping("/v1/rollouts/{rolloutId}")
    RolloutReport find(@PathVariable String rolloutId) {
        return rollouts.find(rolloutId);
    }

    @PostMapping("/v1/rollouts/{rolloutId}/promote")
    RolloutReport promote(@PathVariable String rolloutId, @RequestBody(required = false) @Nullable Promotion promotion,
            HttpServletRequest http) {
        return followed(rollouts.promote(rolloutId, promotion != null && Boolean.TRUE.equals(promotion.full()), Causes.of(http, null)));
    }

    @PostMapping("/v1/rollouts/{rolloutId}/pause")
    RolloutReport pause(@PathVariable String rolloutId, HttpServletRequest http) {
        return followed(rollouts.pause(rolloutId, Causes.of(http, null)));
    }

    @PostMapping("/v1/rollouts/{rolloutId}/abort")
    RolloutReport abort(@PathVariable String rolloutId, HttpServletRequest http) {
        return followed(rollouts.abort(rolloutId, Causes.of(http, null)));
    }

    @PostMapping("/v1/rollbacks")
    Serving rollBack(@Valid @RequestBody Rollback rollback, HttpServletRequest http) {
        return followed(rollouts.rollBack(rollback.to(), Causes.of(http, rollback.reason())));
    }

    @PostMapping("/v1/safe-mode")
    Serving pin(@Valid @RequestBody Pin pin, HttpServletRequest http) {
        if (pin.basis() == Basis.LANE_MODEL) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "basis",
                    "basis must be region-model, carrier-table or calendar: lane-model is the highest rung");
        }
        if (!pin.until().isAfter(clock.instant())) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "until", "until must lie ahead: " + pin.until());
        }
        return followed(registry.change(Causes.of(http, pin.reason()), "safe-mode-on", null,
                serving -> serving.withSafeMode(new SafeMode(pin.basis(), pin.until(), pin.reason()))));
    }

    @DeleteMapping("/v1/safe-mode")
    Serving unpin(HttpServletRequest http) {
        return followed(registry.change(Causes.of(http, null), "safe-mode-off", null, serving -> serving.withSafeMode(null)));
    }

    @PostMapping("/v1/freeze")
    Serving freeze(@Valid @RequestBody Reason reason, HttpServletRequest http) {
        return followed(registry.change(Causes.of(http, reason.reason()), "frozen", null, serving -> serving.withFrozen(reason.reason())));
    }

    @DeleteMapping("/v1/freeze")
    Serving unfreeze(HttpServletRequest http) {
        return followed(registry.change(Causes.of(http, null), "unfrozen", null, serving -> serving.withFrozen(null)));
    }

    @DeleteMapping("/v1/blocks/{version}")
    Serving clear(@PathVariable String version, HttpServletRequest http) {
        return followed(registry.change(Causes.of(http, null), "cleared", null, serving -> serving.withBlocked(version, null)));
    }

    /** This replica follows before the operator reads the answer. */
    private <T> T followed(T answer) {
        follower.follow();
        return answer;
    }
}
