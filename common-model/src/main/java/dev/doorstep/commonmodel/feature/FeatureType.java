package dev.doorstep.commonmodel.feature;

/** How a feature's values are to be read. */
public enum FeatureType {
    /** A whole number. */
    INTEGER,
    /** A real number. */
    NUMBER,
    /** One of a set of names. */
    CATEGORY
}
