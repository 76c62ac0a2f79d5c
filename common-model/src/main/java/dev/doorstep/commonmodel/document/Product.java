package dev.doorstep.commonmodel.document;

import org.jspecify.annotations.Nullable;

/**
 * One product of a clickstream document.
 *
 * @param sku the store's own article number, 1–256 characters
 * @param quantity pieces, 0 or more
 * @param price per piece in the store's currency, 0 or more, or null where the document has none
 * @param stock pieces in stock, negative when oversold, or null
 * @param handlingClass the store's name for how the product is prepared, or null
 */
public record Product(String sku, int quantity, @Nullable Double price, @Nullable Integer stock, @Nullable String handlingClass) {}
