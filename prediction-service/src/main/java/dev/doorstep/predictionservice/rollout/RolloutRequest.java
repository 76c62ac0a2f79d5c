package dev.doorstep.predictionservice.rollout;

import dev.doorstep.predictionservice.registry.Step;
import dev.doorstep.predictionservice.registry.Strategy;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a rollout.
 *
 * @param version of a registered model
 * @param strategy how
 * @param steps at most 20, each with a larger share than the one before; null for the usual ones of the strategy
 */
record RolloutRequest(@NotBlank @Size(max = 64) String version, @NotNull Strategy strategy,
        @Nullable @Size(min = 1, max = 20) List<Step> steps) {}
