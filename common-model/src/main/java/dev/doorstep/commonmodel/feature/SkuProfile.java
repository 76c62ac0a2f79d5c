package dev.doorstep.commonmodel.feature;

import org.jspecify.annotations.Nullable;

/**
 * What the clickstream last said of a product.
 *
 * @param handlingClass how it is prepared, or null where no event said
 * @param stock pieces in stock, or null where no event said
 * @param asOf epoch milliseconds of the event that said so
 */
public record SkuProfile(String sku, @Nullable String handlingClass, @Nullable Integer stock, long asOf) {}
