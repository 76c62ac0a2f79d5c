package dev.doorstep.modeltraining.evaluation;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Empirical distributions by group: counts of each number of days. A group that saw little answers with the next wider one, whose key lacks
 * the last part.
 *
 * @param first the number of days that the first count is of
 * @param cells cumulative shares by key; the empty key holds all
 */
public record CellTable(int first, Map<String, double[]> cells) {
    private static final int ENOUGH = 40;
    static final String SEPARATOR = "|";

    /** One delivered order in a group. */
    record Entry(String key, int days) {}

    public CellTable {
        cells = java.util.Collections.unmodifiableMap(new TreeMap<>(cells));
    }

    static CellTable of(List<Entry> entries, int first, int last) {
        Map<String, double[]> counts = new TreeMap<>();
        for (Entry entry : entries) {
            String key = entry.key();
            while (true) {
                counts.computeIfAbsent(key, _ -> new double[last - first + 1])[Math.clamp(entry.days(), first, last) - first]++;
                if (key.isEmpty()) {
                    break;
                }
                key = wider(key);
            }
        }
        Map<String, double[]> cells = new TreeMap<>();
        counts.forEach((key, days) -> {
            double sum = java.util.Arrays.stream(days).sum();
            if (sum >= ENOUGH || key.isEmpty()) {
                double before = 0;
                for (int i = 0; i < days.length; i++) {
                    before += days[i];
                    days[i] = before / sum;
                }
                cells.put(key, days);
            }
        });
        return new CellTable(first, cells);
    }

    /** The narrowest group that saw enough. */
    double[] of(String key) {
        String narrower = key;
        double[] found = cells.get(narrower);
        while (found == null && !narrower.isEmpty()) {
            narrower = wider(narrower);
            found = cells.get(narrower);
        }
        return java.util.Objects.requireNonNull(found, "a table without its widest group");
    }

    /** The probability of at most so many days. */
    static double at(double[] cell, int index) {
        return index < 0 ? 0 : cell[Math.min(index, cell.length - 1)];
    }

    private static String wider(String key) {
        int end = key.lastIndexOf(SEPARATOR);
        return end < 0 ? "" : key.substring(0, end);
    }
}
