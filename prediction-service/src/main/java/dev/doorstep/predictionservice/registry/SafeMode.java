package dev.doorstep.predictionservice.registry;

import dev.doorstep.commonmodel.prediction.Basis;
import java.time.Instant;

/**
 * Serving is pinned to a lower rung.
 *
 * @param basis the best that answers may rest on
 * @param until when it ends by itself
 * @param reason why
 */
public record SafeMode(Basis basis, Instant until, String reason) {}
