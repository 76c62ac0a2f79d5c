package dev.doorstep.commonmodel.prediction;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;

/** What an answer rests on, from best to least. */
public enum Basis {
    /** The learned model, calibrated on this lane. */
    LANE_MODEL,
    /** The learned model, calibrated on the region. */
    REGION_MODEL,
    /** The carrier's table for service and distance. */
    CARRIER_TABLE,
    /** Calendars alone: the destination is too little known for a distance. */
    CALENDAR;

    @JsonValue
    public String wireName() {
        return WireName.of(this);
    }
}
