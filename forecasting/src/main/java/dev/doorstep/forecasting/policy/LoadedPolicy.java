package dev.doorstep.forecasting.policy;

/**
 * A policy and its identity.
 *
 * @param digest SHA-256 of its canonical JSON, 64 hex digits: the same content has the same digest, however it is laid out
 * @param json its canonical JSON, which {@link PolicyReader} reads as well
 */
public record LoadedPolicy(Policy policy, String digest, String json) {}
