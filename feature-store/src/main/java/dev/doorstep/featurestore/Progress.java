package dev.doorstep.featurestore;

import java.util.Map;

/**
 * How far a partition has been applied.
 *
 * @param nextPosition the offset that is wanted next, −1 before the first batch
 * @param counts what became of the records below it, by source
 */
public record Progress(long nextPosition, Map<String, SourceCounts> counts) {
    /** Before the first batch. */
    public static final Progress START = new Progress(-1, Map.of());

    public Progress {
        counts = Map.copyOf(counts);
    }
}
