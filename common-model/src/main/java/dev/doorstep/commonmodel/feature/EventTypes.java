package dev.doorstep.commonmodel.feature;

/** The event types that have a meaning here; all others only count as events. */
public final class EventTypes {
    public static final String PRODUCT_VIEW = "product_view";
    public static final String CART_ADD = "cart_add";
    public static final String CHECKOUT = "checkout";

    private EventTypes() {}
}
