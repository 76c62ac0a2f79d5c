package dev.doorstep.commonmodel.feature;

/** What is known of one feature value. */
public enum FeatureStatus {
    /** Known and fresh. */
    PRESENT,
    /** Known, but older than its freshness bound. */
    STALE,
    /** The store answered and has nothing; the default stands in. */
    NOT_FOUND,
    /** The store did not answer in time; the default stands in. */
    UNAVAILABLE,
    /** The stored value can't be used; the default stands in. */
    INVALID
}
