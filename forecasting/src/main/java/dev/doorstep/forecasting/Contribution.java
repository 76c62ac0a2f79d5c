package dev.doorstep.forecasting;

import java.util.Map;

/**
 * By how much something that is known of an order moves its date.
 *
 * @param days by which the expected day is later than if nobody knew it, negative where it is sooner
 * @param params what it is in this order, by name; without what is missing
 */
public record Contribution(Factor factor, double days, Map<String, String> params) {
    /** Something that can be known of an order; stable codes. */
    public enum Factor {
        /** Day and hour of the order. */
        ORDER_TIME,
        /** Cut-off, weekends and holidays. */
        CLOSED_DAYS,
        /** Where it leaves from. */
        ORIGIN,
        /** Where it goes, and how far that is. */
        DESTINATION,
        /** Carrier and service. */
        SERVICE,
        /** What is in it. */
        PRODUCT,
        /** How much the products are asked for. */
        DEMAND,
        /** What waits at the origin. */
        BACKLOG,
        /** How such deliveries went of late. */
        RECENT_DELIVERIES,
        /** What the merchant promised. */
        MERCHANT_PROMISE,
        /** Further columns of the store's own. */
        OTHER
    }

    public Contribution {
        params = Map.copyOf(params);
    }
}
