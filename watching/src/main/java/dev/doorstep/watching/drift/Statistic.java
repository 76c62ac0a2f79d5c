package dev.doorstep.watching.drift;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;

/** Ways to say how far two samples are apart. */
public enum Statistic {
    /** Two-sample Kolmogorov-Smirnov test; a p-value. */
    KS(0.05, true),
    /** Pearson's chi-square test of counts; a p-value. */
    CHI_SQUARE(0.05, true),
    /** Test of two shares; a p-value. */
    Z(0.05, true),
    /** Wasserstein distance over the reference's standard deviation. */
    WASSERSTEIN(0.1, false),
    /** Jensen-Shannon distance, natural logarithm. */
    JENSEN_SHANNON(0.1, false),
    /** Population stability index. */
    PSI(0.1, false);

    private static final int LARGE = 1_000;
    private static final int FEW_VALUES = 5;

    private final double threshold;
    private final boolean pValue;

    Statistic(double threshold, boolean pValue) {
        this.threshold = threshold;
        this.pValue = pValue;
    }

    /** Beyond it, a sample has drifted. */
    public double threshold() {
        return threshold;
    }

    /** Whether its score is a p-value, which falls as samples come apart; a distance grows. */
    boolean isPValue() {
        return pValue;
    }

    /** Whether a score means drift: distances from the threshold on, p-values below it. */
    public boolean isDrift(double score) {
        return pValue ? score < threshold : score >= threshold;
    }

    /**
     * The one that Evidently 0.7 takes by default: by the type of the values and the size of the reference.
     *
     * @param numbers whether the values are numbers
     * @param references values in the reference
     * @param distinct different values in the reference
     * @param distinctInBoth different values in reference and current together
     */
    public static Statistic chosen(boolean numbers, long references, int distinct, int distinctInBoth) {
        boolean many = numbers && !areFew(distinct);
        if (references > LARGE) {
            return many ? WASSERSTEIN : JENSEN_SHANNON;
        }
        if (many) {
            return KS;
        }
        return distinctInBoth > 2 || numbers ? CHI_SQUARE : Z;
    }

    /** Whether so many different numbers are taken for names. */
    static boolean areFew(int distinct) {
        return distinct <= FEW_VALUES;
    }

    /** Name in answers. */
    @JsonValue
    public String wireName() {
        return WireName.of(this);
    }
}
