package dev.doorstep.forecasting.bundle;

import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a bundle is and what it was made from.
 *
 * @param format version of the bundle's layout
 * @param name of the model
 * @param version semantic: major for another answer, minor for a retrained model, patch for a recalibrated one
 * @param kind {@code hazard} for a forest over candidate days; this version serves no other
 * @param knownUntil nothing later was seen in training
 * @param training what it was trained from and how: digests, seed, parameters, counts
 * @param files SHA-256 of each file, 64 hex digits
 * @param digest SHA-256 over all of the above: the bundle's identity
 */
public record Manifest(int format, String name, String version, String kind, Instant knownUntil, Map<String, String> training,
        Map<String, String> files, String digest) {
    /** The layout that this code reads and writes. */
    public static final int FORMAT = 1;
    /** The kind whose forest gives a hazard for each candidate day. */
    public static final String HAZARD = "hazard";

    public Manifest {
        // Sorted, so that the same bundle has the same bytes.
        training = java.util.Collections.unmodifiableMap(new TreeMap<>(training));
        files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
    }
}
