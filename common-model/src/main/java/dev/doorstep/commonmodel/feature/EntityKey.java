package dev.doorstep.commonmodel.feature;

import dev.doorstep.commonmodel.place.PostalCodes;

/** Keys of the things that features belong to, as they stand in the store and on {@code features.changed}. */
public final class EntityKey {
    private static final String SESSION = "session#";
    private static final String SKU = "sku#";
    private static final String AREA = "area#";
    private static final int AREA_DIGITS = 3;

    private EntityKey() {}

    public static String session(String sessionId) {
        return SESSION + sessionId;
    }

    public static String sku(String sku) {
        return SKU + sku;
    }

    /** The product whose key this is. */
    public static String skuOf(String key) {
        return key.substring(SKU.length());
    }

    /** A country and the first three characters of a postal code, such as {@code area#US-941}. */
    public static String area(String country, String postalCode) {
        String compact = PostalCodes.tidied(country, postalCode);
        int characters = Math.min(AREA_DIGITS, compact.codePointCount(0, compact.length()));
        return AREA + country + "-" + compact.substring(0, compact.offsetByCodePoints(0, characters));
    }
}
