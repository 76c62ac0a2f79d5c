package dev.doorstep.predictionservice.registry;

/**
 * One model, whatever its version is called.
 *
 * @param version semantic
 * @param digest of its bundle, 64 hex digits
 */
public record ModelRef(String version, String digest) {}
