package dev.doorstep.forecasting.model;

import java.util.ArrayList;
import java.util.List;

/** The columns of a row that differ from one candidate day to the next. Immutable and thread-safe. */
public final class DayColumns {
    private final DayFeature[] features;
    private final int[] columns;
    private final int promised;
    private final int expected;

    /**
     * Finds them.
     *
     * @param names of a row's features, in order
     */
    public DayColumns(List<String> names) {
        List<DayFeature> found = new ArrayList<>();
        List<Integer> at = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            DayFeature feature = DayFeature.ofName(names.get(i));
            if (feature != null) {
                found.add(feature);
                at.add(i);
            }
        }
        this.features = found.toArray(DayFeature[]::new);
        this.columns = at.stream().mapToInt(Integer::intValue).toArray();
        this.promised = names.indexOf(OrderFeature.PROMISED);
        this.expected = names.indexOf(OrderFeature.EXPECTED);
    }

    /** Their places in a row. */
    int[] columns() {
        return columns.clone();
    }

    /**
     * Sets them for a bin.
     *
     * @param from where the row begins in {@code values}
     */
    public void fill(CandidateDays days, int bin, double[] values, int from) {
        for (int i = 0; i < columns.length; i++) {
            double base = switch (features[i]) {
                case AFTER_PROMISE -> promised < 0 ? Double.NaN : values[from + promised];
                case AFTER_EXPECTED -> expected < 0 ? Double.NaN : values[from + expected];
                default -> 0;
            };
            values[from + columns[i]] = days.value(features[i], bin) - base;
        }
    }
}
