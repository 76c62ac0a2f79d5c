package dev.doorstep.commonmodel.derivation;

import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.document.Shipping;
import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.message.EventRecord;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What has to be remembered of a session to keep its {@link SessionFeatures} current. Adding the same events in any order gives the same
 * state; that an event is added once is the store's business.
 *
 * @param skus distinct SKUs, at most {@link SessionFeatures#EXACT_SKUS}
 * @param methodAt epoch milliseconds of the event that named {@code shippingMethod}, or −1
 * @param version 0 before the first event; grows by one with each write
 */
public record SessionState(String sessionId, long events, long views, long cartAdds, long checkouts, Set<String> skus, long firstSeen,
        long lastSeen, @Nullable String shippingMethod, long methodAt, long version) {
    public SessionState {
        skus = Set.copyOf(skus);
    }

    /** A session before its first event. */
    public static SessionState empty(String sessionId) {
        return new SessionState(sessionId, 0, 0, 0, 0, Set.of(), Long.MAX_VALUE, Long.MIN_VALUE, null, -1, 0);
    }

    /** The state after one more event. */
    public SessionState plus(EventRecord event) {
        Demand kind = event.eventType() == null ? Demand.NONE : Demand.ofEventType(event.eventType());
        long at = event.createdDateTime();
        Shipping shipping = event.shipping();
        String method = shipping == null ? null : shipping.method();
        boolean newer = method != null && (at > methodAt || (at == methodAt && isGreater(method, shippingMethod)));
        return new SessionState(sessionId, events + 1, views + kind.views(), cartAdds + kind.cartAdds(), checkouts + kind.checkouts(),
                withSkus(event), Math.min(firstSeen, at), Math.max(lastSeen, at), newer ? method : shippingMethod, newer ? at : methodAt,
                version);
    }

    /** The same state as the next version. */
    public SessionState nextVersion() {
        return new SessionState(sessionId, events, views, cartAdds, checkouts, skus, firstSeen, lastSeen, shippingMethod, methodAt,
                version + 1);
    }

    /** The most bytes that it takes up when written in UTF-8, within a few hundred. */
    public int mostBytes() {
        int characters = sessionId.length();
        for (String sku : skus) {
            characters += sku.length();
        }
        return 3 * characters;
    }

    /** What others may see of it. */
    public SessionFeatures features() {
        return new SessionFeatures(sessionId, events, views, cartAdds, checkouts, skus.size(), firstSeen, lastSeen, shippingMethod,
                version);
    }

    private Set<String> withSkus(EventRecord event) {
        if (skus.size() == SessionFeatures.EXACT_SKUS || event.products().stream().allMatch(product -> skus.contains(product.sku()))) {
            return skus;
        }
        Set<String> all = new TreeSet<>(skus);
        for (Product product : event.products()) {
            if (all.size() < SessionFeatures.EXACT_SKUS) {
                all.add(product.sku());
            }
        }
        return all;
    }

    private static boolean isGreater(String text, @Nullable String other) {
        return other == null || text.compareTo(other) > 0;
    }
}
