package dev.doorstep.commonmodel.feature;

/**
 * How often an entity was seen over a span of time.
 *
 * @param views product views
 * @param cartAdds additions to a cart
 * @param checkouts checkouts that hold it
 */
public record Demand(long views, long cartAdds, long checkouts) {
    public static final Demand NONE = new Demand(0, 0, 0);

    /** One event of this type; an unknown type counts as none of the three. */
    public static Demand ofEventType(String eventType) {
        return switch (eventType) {
            case EventTypes.PRODUCT_VIEW -> new Demand(1, 0, 0);
            case EventTypes.CART_ADD -> new Demand(0, 1, 0);
            case EventTypes.CHECKOUT -> new Demand(0, 0, 1);
            default -> NONE;
        };
    }

    /** The sum of both. */
    public Demand plus(Demand other) {
        return new Demand(views + other.views, cartAdds + other.cartAdds, checkouts + other.checkouts);
    }
}
