package dev.doorstep.watching.drift;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.datasketches.kll.KllFloatsSketch;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one feature, in bounded memory: a KLL sketch of numbers (Karnin, Lang and Liberty 2016, k = 800: a normalised rank error
 * of 0.4 %), or counts of the most names. Those of several replicas can be merged. Not thread-safe.
 */
public final class FeatureSketch {
    private static final int K = 800;
    /** More names than this are counted together. */
    private static final int MOST_NAMES = 500;
    private static final String OTHERS = "…";

    private final @Nullable KllFloatsSketch numbers;
    private final Map<String, Long> names = new HashMap<>();
    private long missing;
    private long unseen;

    private FeatureSketch(@Nullable KllFloatsSketch numbers) {
        this.numbers = numbers;
    }

    /** Of a feature whose values are numbers. */
    public static FeatureSketch ofNumbers() {
        return new FeatureSketch(KllFloatsSketch.newHeapInstance(K));
    }

    /** Of a feature whose values are names. */
    public static FeatureSketch ofNames() {
        return new FeatureSketch(null);
    }

    /** Takes a number; NaN is a missing one. */
    public void add(double value) {
        if (Double.isNaN(value) || numbers == null) {
            missing++;
        } else {
            numbers.update((float) value);
        }
    }

    /**
     * Takes a name.
     *
     * @param name null where it is missing
     * @param known whether the model learned it
     */
    public void add(@Nullable String name, boolean known) {
        if (name == null) {
            missing++;
        } else if (known) {
            names.merge(names.size() < MOST_NAMES || names.containsKey(name) ? name : OTHERS, 1L, Long::sum);
        } else {
            unseen++;
        }
    }

    /**
     * A sketch as it is stored.
     *
     * @param numbers the KLL sketch's own bytes, or null for names
     * @param names how often each was seen
     * @param missing values that were missing
     * @param unseen names that the model never learned
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record State(byte @Nullable [] numbers, Map<String, Long> names, long missing, long unseen) {}

    /** As it is now. */
    public State state() {
        return new State(numbers == null ? null : numbers.toByteArray(), new TreeMap<>(names), missing, unseen);
    }

    /** Takes over what another one has seen. */
    public void merge(State other) {
        if (other.numbers() != null && numbers != null) {
            numbers.merge(KllFloatsSketch.heapify(MemorySegment.ofArray(other.numbers())));
        }
        other.names().forEach((name, count) -> names.merge(name, count, Long::sum));
        missing += other.missing();
        unseen += other.unseen();
    }

    /** Values that were not missing. */
    public long count() {
        return (numbers == null ? 0 : numbers.getN()) + names.values().stream().mapToLong(Long::longValue).sum() + unseen;
    }

    /** All, the missing ones included. */
    public long all() {
        return count() + missing;
    }

    double missingShare() {
        return all() == 0 ? 0 : (double) missing / all();
    }

    double unseenShare() {
        return all() == 0 ? 0 : (double) unseen / all();
    }

    Map<String, Long> names() {
        Map<String, Long> all = new TreeMap<>(names);
        if (unseen > 0) {
            all.merge("(new)", unseen, Long::sum);
        }
        return all;
    }

    /** Quantiles at evenly spaced ranks from 0 to 1. */
    double[] quantiles(int points) {
        double[] quantiles = new double[points];
        KllFloatsSketch sketch = numbers;
        for (int i = 0; sketch != null && i < points; i++) {
            quantiles[i] = sketch.getQuantile((double) i / (points - 1));
        }
        return quantiles;
    }
}
