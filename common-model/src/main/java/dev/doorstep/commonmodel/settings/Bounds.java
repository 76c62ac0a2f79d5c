package dev.doorstep.commonmodel.settings;

/** Checks settings against their bounds. */
public final class Bounds {
    private Bounds() {}

    /**
     * Requires that a value lies between two others, both included.
     *
     * @param key as the user has to write it
     * @throws IllegalArgumentException that names key, bounds and value
     */
    public static <T extends Comparable<T>> void require(String key, T value, T from, T to) {
        if (value.compareTo(from) < 0 || value.compareTo(to) > 0) {
            throw new IllegalArgumentException(key + " must lie between " + from + " and " + to + ": " + value);
        }
    }
}
