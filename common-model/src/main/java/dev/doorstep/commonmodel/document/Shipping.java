package dev.doorstep.commonmodel.document;

import org.jspecify.annotations.Nullable;

/**
 * Where a session's parcel goes and how.
 *
 * @param country ISO 3166-1 alpha-2 code in capitals, or null
 * @param postalCode as the customer wrote it, or null
 * @param method the store's name for the delivery method, or null
 */
public record Shipping(@Nullable String country, @Nullable String postalCode, @Nullable String method) {}
