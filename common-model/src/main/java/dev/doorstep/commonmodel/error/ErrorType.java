package dev.doorstep.commonmodel.error;

/** Who has to act on an error. */
public enum ErrorType {
    /** The caller sent something that can't be used; the same request fails again. */
    CALLER,
    /** There is no room or a dependency is away; the same request may succeed later. */
    CAPACITY,
    /** Doorstep is at fault. */
    INTERNAL
}
