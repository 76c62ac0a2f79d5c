package dev.doorstep.featurestore;

/**
 * What became of a source's records of one partition; kept in the partition's progress item, so that it is exact at its position.
 *
 * @param foreign records that ingest-service did not put there, and so did not count
 * @param applied events whose effects are in the store
 * @param duplicate events that were known
 * @param deadLettered records that can't be applied
 */
public record SourceCounts(long foreign, long applied, long duplicate, long deadLettered) {
    public static final SourceCounts NONE = new SourceCounts(0, 0, 0, 0);

    /** All records but for their origin: those that were taken off the partition. */
    public long taken() {
        return applied + duplicate + deadLettered;
    }

    public SourceCounts plus(SourceCounts other) {
        return new SourceCounts(foreign + other.foreign, applied + other.applied, duplicate + other.duplicate,
                deadLettered + other.deadLettered);
    }
}
