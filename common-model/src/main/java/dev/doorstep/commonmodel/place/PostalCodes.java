package dev.doorstep.commonmodel.place;

import java.util.regex.Pattern;

/** Postal codes as people write them. */
public final class PostalCodes {
    private static final Pattern LOST_ZERO = Pattern.compile("\\d{4}(-\\d{4})?");

    private PostalCodes() {}

    /**
     * A code without what does not belong to it. ZIP codes that begin with 0 have four digits where a spreadsheet took them for numbers.
     *
     * @param country ISO 3166-1 alpha-2, in capitals
     */
    public static String tidied(String country, String code) {
        String tidy = code.strip();
        return country.equals(Places.UNITED_STATES) && LOST_ZERO.matcher(tidy).matches() ? "0" + tidy : tidy;
    }
}
