package dev.doorstep.commonmodel.message;

/** The topics, and the header that tells the shape of a record's value. */
public final class Topics {
    public static final String EVENTS = "clickstream.events";
    public static final String DEAD_LETTERS = "clickstream.dead-letters";
    public static final String OUTCOMES = "delivery.outcomes";
    public static final String FEATURES_CHANGED = "features.changed";
    public static final String PREDICTIONS_SERVED = "predictions.served";

    public static final String LEDGER = "ingest.ledger";

    /** Name of the header that tells which source of ingest-service a record came from; a record without it was put there by others. */
    public static final String SOURCE_HEADER = "source";
    /** The source of records that were put on the topic by others. */
    public static final String FOREIGN_SOURCE = "kafka";
    /** What outcomes are counted under; they are on a topic of their own. */
    public static final String OUTCOMES_SOURCE = "outcomes";
    /** The source of dead letters that are replayed; the position of its records is the dead letter's id. */
    public static final String REPLAY_SOURCE = "replay";

    /** Name of the header that every record carries. Its value is the record's type and major version, such as {@code event/1}. */
    public static final String SCHEMA_HEADER = "schema";

    /** Name of the header of a served answer that its customer is to be given again; its value is the answer's token. */
    public static final String TOKEN_HEADER = "token";

    private Topics() {}
}
