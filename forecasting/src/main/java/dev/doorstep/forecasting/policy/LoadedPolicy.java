package dev.doorstep.forecasting.policy;

/**
 * A policy and its identity.
 *
 * @param digest SHA-256 of its canonical JSON, 64 hex digits: the same content has the same digest, however it is laid out
 */
public record LoadedPolicy(Policy policy, String digest) {}
