package dev.doorstep.watching.sequential;

import java.util.Map;
import java.util.TreeMap;

/**
 * Tests differences that are known only days after their forecasts were made, cohort by cohort.
 *
 * <p>Cohorts that are closer together than the horizon overlap: what one taught was not known when the next one was forecast. Therefore
 * cohorts are dealt to as many sequences as a horizon has days, so that none overlaps another of its own sequence, and the sequences'
 * p-values are merged by their harmonic mean times e·ln(n) (Henzi and Ziegel, Valid sequential inference on probability forecast
 * performance, 2022; Vovk and Wang, Combining p-values via averaging, 2020). The very first cohort overlaps nothing and is looked at by
 * itself as well; each of the two looks has half of α. Immutable.
 *
 * @param horizonDays days after which a cohort is mature, 1 or more
 * @param first day of the first cohort since 1970, or {@link Long#MAX_VALUE} where there is none
 * @param sequences by their number, 0 to horizonDays − 1; those without a cohort are not in it
 */
public record CohortTest(int horizonDays, long first, Map<Integer, BetTest> sequences) {
    public CohortTest {
        if (horizonDays < 1) {
            throw new IllegalArgumentException("horizonDays must be 1 or more: " + horizonDays);
        }
        sequences = java.util.Collections.unmodifiableMap(new TreeMap<>(sequences));
    }

    /** A test that has seen nothing. */
    public static CohortTest of(int horizonDays) {
        return new CohortTest(horizonDays, Long.MAX_VALUE, Map.of());
    }

    /**
     * The test after another mature cohort; cohorts come in the order of their days.
     *
     * @param day of the cohort's orders since 1970
     * @param differences of its pairs, each divided by its bound, −1 to 1
     */
    public CohortTest with(long day, Iterable<Double> differences) {
        long start = Math.min(first, day);
        int sequence = (int) ((day - start) % horizonDays);
        BetTest test = sequences.getOrDefault(sequence, BetTest.empty());
        for (double difference : differences) {
            test = test.with(difference);
        }
        Map<Integer, BetTest> next = new TreeMap<>(sequences);
        next.put(sequence, test);
        return new CohortTest(horizonDays, start, next);
    }

    /** Evidence that the mean is above zero, corrected so that it may be held against 1/α. */
    public double evidence() {
        BetTest opening = sequences.get(0);
        if (opening == null) {
            return 1;
        }
        if (horizonDays == 1) {
            return opening.highest();
        }
        double all = horizonDays - sequences.size() + sequences.values().stream().mapToDouble(BetTest::highest).sum();
        double merged = all / horizonDays / (Math.E * Math.log(horizonDays));
        double alone = sequences.size() == 1 ? opening.highest() : 0;
        return Math.max(merged, alone) / 2;
    }

    /** Differences so far. */
    public long count() {
        return sequences.values().stream().mapToLong(BetTest::count).sum();
    }

    /** The mean so far, in bounds. */
    public double mean() {
        long count = count();
        return count == 0 ? 0 : sequences.values().stream().mapToDouble(BetTest::sum).sum() / count;
    }
}
