package dev.doorstep.commonmodel.prediction;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** Turns the answer that a token stands for into a promise to an order. */
public record PromiseRequest(@NotBlank @Size(max = 2048) String token, @NotBlank @Size(max = 256) String orderId) {}
