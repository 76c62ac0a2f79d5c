package dev.doorstep.commonmodel.message;

/** The topics, and the header that tells the shape of a record's value. */
public final class Topics {
    public static final String EVENTS = "clickstream.events";
    public static final String DEAD_LETTERS = "clickstream.dead-letters";
    public static final String OUTCOMES = "delivery.outcomes";
    public static final String FEATURES_CHANGED = "features.changed";
    public static final String PREDICTIONS_SERVED = "predictions.served";

    /** Name of the header that every record carries. Its value is the record's type and major version, such as {@code event/1}. */
    public static final String SCHEMA_HEADER = "schema";

    private Topics() {}
}
