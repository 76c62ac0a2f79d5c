package dev.doorstep.forecasting;

/** Why an answer is as it is; stable codes. */
public enum ReasonCode {
    /** The order came after the cut-off, or on a day on which nothing is prepared. */
    AFTER_CUTOFF,
    /** A day between order and delivery is closed for a public holiday. */
    HOLIDAY_ON_THE_WAY,
    /** The postal code is not known, its area is. */
    DESTINATION_BY_AREA,
    /** Only the destination's country is known. */
    DESTINATION_BY_COUNTRY,
    /** Not even the destination's country is known. */
    DESTINATION_UNKNOWN,
    /** How a product is prepared is not known. */
    HANDLING_CLASS_UNKNOWN,
    /** A product was out of stock when last seen. */
    OUT_OF_STOCK,
    /** Demand for a product is far above what is prepared in time. */
    DEMAND_SURGE,
    /** The model never saw the destination's country. */
    COUNTRY_NOT_LEARNED,
    /** The model never saw the origin. */
    ORIGIN_NOT_LEARNED,
    /** The model never saw the delivery service. */
    SERVICE_NOT_LEARNED,
    /** The model never saw a product. */
    PRODUCT_NOT_LEARNED,
    /** There is no model, or it failed. */
    MODEL_UNAVAILABLE,
    /** Operators pinned answers to a lower rung. */
    SAFE_MODE,
    /** What the model knows of past deliveries came after the instant that was asked for. */
    HISTORY_UNKNOWN,
    /** What the model knows of past deliveries is older than any that it was trained with. */
    HISTORY_OLD,
    /** The feature store did not answer in time. */
    FEATURES_UNAVAILABLE,
    /** The feature store did not answer in time; what it said earlier stands in. */
    FEATURES_STALE,
    /** Nothing is known of the session yet. */
    SESSION_UNKNOWN,
    /** The customer was told this date before, and it still holds. */
    QUOTE_KEPT
}
