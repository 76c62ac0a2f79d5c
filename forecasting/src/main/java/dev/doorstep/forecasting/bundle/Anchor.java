package dev.doorstep.forecasting.bundle;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What days are counted from. */
public enum Anchor {
    /** The order. */
    @JsonProperty("orderedAt")
    ORDERED_AT,
    /** The merchant's promise. */
    @JsonProperty("promisedAt")
    PROMISED_AT
}
