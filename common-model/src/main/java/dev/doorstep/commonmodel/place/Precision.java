package dev.doorstep.commonmodel.place;

/** How closely a place is known, from near to far. */
public enum Precision {
    POSTAL_CODE, AREA, COUNTRY, UNKNOWN
}
