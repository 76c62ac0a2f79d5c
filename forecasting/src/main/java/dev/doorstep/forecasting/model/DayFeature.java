package dev.doorstep.forecasting.model;

import dev.doorstep.forecasting.Contribution.Factor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The features that differ from one candidate day to the next; all others are the order's. */
public enum DayFeature {
    /** Days since the anchor's day. */
    DAY("day", null),
    /** Days open for delivery since preparing can start. */
    OPEN_DAY("open_day", null),
    /** 0 = Monday … 6 = Sunday; missing where the bin is more than a day. */
    WEEKDAY("day_weekday", Factor.CLOSED_DAYS),
    /** How many days before it in a row are closed. */
    CLOSED_BEFORE("day_closed_before", Factor.CLOSED_DAYS),
    /** 1–366. */
    DAY_OF_YEAR("day_day_of_year", Factor.CLOSED_DAYS),
    /** Days since the day that the file itself promised. */
    AFTER_PROMISE("day_after_promise", Factor.MERCHANT_PROMISE),
    /** Open days since those that such an order usually takes. */
    AFTER_EXPECTED("day_after_expected", Factor.RECENT_DELIVERIES);

    private final String featureName;
    private final @Nullable Factor factor;

    DayFeature(String featureName, @Nullable Factor factor) {
        this.featureName = featureName;
        this.factor = factor;
    }

    /** Its name in a feature schema. */
    public String featureName() {
        return featureName;
    }

    /** What it tells of; null of the days themselves, without which there is no forecast. */
    @Nullable
    Factor factor() {
        return factor;
    }

    static @Nullable DayFeature ofName(String name) {
        return Arrays.stream(values()).filter(feature -> feature.featureName.equals(name)).findFirst().orElse(null);
    }
}
