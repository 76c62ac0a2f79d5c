package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.promise.Gaussian;
import dev.doorstep.modeltraining.orders.Arrival;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns how much parcels of one order from different origins miss their forecasts together: the correlation of the normal scores of
 * orders that went to the same region on the same day from two origins. That of each pair of origins is shrunk towards that of all pairs by
 * n / (n + 300), n being the cells of region and day. Negative ones count as 0. Not thread-safe.
 */
final class Correlations {
    private static final double SHRINK = 300;
    private static final double HIGHEST = 0.95;

    private final List<Score> scores = new ArrayList<>();

    private record Score(String origin, String cell, double value) {}

    private static final class Pair {
        double products;
        double orders;
        int cells;

        void add(double product, double count) {
            products += product;
            orders += count;
            cells++;
        }

        double correlation(double variance) {
            return Math.max(0, Math.min(HIGHEST, products / orders / variance));
        }
    }

    /** Adds where an order of a day fell in its forecast. */
    void add(String origin, String region, long day, Arrival arrival) {
        double middle = (arrival.before() + arrival.after()) / 2;
        scores.add(new Score(origin, region + " " + day, Gaussian.quantile(Math.max(1e-6, Math.min(1 - 1e-6, middle)))));
    }

    /** What was learned by {@link Calibration#pair}, empty where no two origins ever sent to one region on one day. */
    Map<String, Double> learned() {
        double mean = scores.stream().mapToDouble(Score::value).average().orElse(0);
        double variance = scores.stream().mapToDouble(each -> (each.value() - mean) * (each.value() - mean)).average().orElse(0);
        Map<String, Map<String, double[]>> cells = new TreeMap<>();
        for (Score score : scores) {
            double[] sum = cells.computeIfAbsent(score.cell(), _ -> new TreeMap<>()).computeIfAbsent(score.origin(), _ -> new double[2]);
            sum[0] += score.value() - mean;
            sum[1]++;
        }
        Pair all = new Pair();
        Map<String, Pair> pairs = new HashMap<>();
        for (Map<String, double[]> cell : cells.values()) {
            List<String> origins = List.copyOf(cell.keySet());
            for (int i = 0; i < origins.size(); i++) {
                for (int j = i + 1; j < origins.size(); j++) {
                    double[] one = cell.getOrDefault(origins.get(i), new double[2]);
                    double[] other = cell.getOrDefault(origins.get(j), new double[2]);
                    all.add(one[0] * other[0], one[1] * other[1]);
                    pairs.computeIfAbsent(Calibration.pair(origins.get(i), origins.get(j)), _ -> new Pair())
                            .add(one[0] * other[0], one[1] * other[1]);
                }
            }
        }
        Map<String, Double> learned = new TreeMap<>();
        if (all.cells > 0 && variance > 0) {
            double ofAll = all.correlation(variance);
            learned.put(Calibration.ANY_PAIR, ofAll);
            pairs.forEach((key, pair) -> {
                double trust = pair.cells / (pair.cells + SHRINK);
                learned.put(key, trust * pair.correlation(variance) + (1 - trust) * ofAll);
            });
        }
        return learned;
    }
}
