package dev.doorstep.commonmodel.feature;

import org.jspecify.annotations.Nullable;

/**
 * What one session did so far. Every component is independent of the order in which its events arrived.
 *
 * @param events distinct events
 * @param distinctSkus distinct SKUs, exact up to {@link #EXACT_SKUS}, after which it stays there
 * @param firstSeen epoch milliseconds of its earliest event
 * @param lastSeen epoch milliseconds of its latest event
 * @param shippingMethod the method named by its latest event that named one, or null
 * @param version grows by one with each change
 */
public record SessionFeatures(String sessionId, long events, long views, long cartAdds, long checkouts, int distinctSkus, long firstSeen,
        long lastSeen, @Nullable String shippingMethod, long version) {
    /** Up to how many distinct SKUs a session's count is exact. */
    public static final int EXACT_SKUS = 512;
}
