package dev.doorstep.forecasting.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The features that differ from one candidate day to the next; all others are the order's. */
public enum DayFeature {
    /** Days since the anchor's day. */
    DAY("day"),
    /** Days open for delivery since preparing can start. */
    OPEN_DAY("open_day"),
    /** 0 = Monday … 6 = Sunday; missing where the bin is more than a day. */
    WEEKDAY("day_weekday"),
    /** How many days before it in a row are closed. */
    CLOSED_BEFORE("day_closed_before"),
    /** 1–366. */
    DAY_OF_YEAR("day_day_of_year"),
    /** Days since the day that the file itself promised. */
    AFTER_PROMISE("day_after_promise"),
    /** Open days since those that such an order usually takes. */
    AFTER_EXPECTED("day_after_expected");

    private final String featureName;

    DayFeature(String featureName) {
        this.featureName = featureName;
    }

    /** Its name in a feature schema. */
    public String featureName() {
        return featureName;
    }

    static @Nullable DayFeature ofName(String name) {
        return Arrays.stream(values()).filter(feature -> feature.featureName.equals(name)).findFirst().orElse(null);
    }
}
