package dev.doorstep.commonmodel.document;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one clickstream document that Doorstep uses; all others are left behind.
 *
 * @param id the hit's {@code _id}, 1–512 characters
 * @param createdDateTime epoch milliseconds, within the range of {@link dev.doorstep.commonmodel.time.CreatedDateTime}
 * @param sessionId 1–256 characters, or null
 * @param eventType {@code product_view}, {@code cart_add}, {@code checkout} or any other of at most 64 characters, or null
 * @param customerKey an opaque key of at most 256 characters, or null
 * @param products at most 500
 * @param shipping null where the document names neither a country, a postal code nor a method
 */
public record ClickstreamDocument(String id, long createdDateTime, @Nullable String sessionId, @Nullable String eventType,
        @Nullable String customerKey, List<Product> products, @Nullable Shipping shipping) {
    public ClickstreamDocument {
        products = List.copyOf(products);
    }
}
