package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.promise.Gaussian;
import dev.doorstep.modeltraining.orders.Arrival;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Learns how much parcels of one order from different origins miss their forecasts together: the correlation of the normal scores of
 * orders that went to the same region on the same day from two origins. That of each pair of origins is shrunk towards that of all pairs by
 * n / (n + 300), n being the cells of region and day. Negative ones count as 0.
 */
final class Correlations {
    private static final double SHRINK = 300;
    private static final double HIGHEST = 0.95;

    private Correlations() {}

    /** Of the orders of one origin in a cell. */
    private static final class Sum {
        double value;
        int count;

        void add(double score) {
            value += score;
            count++;
        }
    }

    private static final class Pair {
        double products;
        double orders;
        int cells;

        void add(Sum one, Sum other) {
            products += one.value * other.value;
            orders += (double) one.count * other.count;
            cells++;
        }

        double correlation(double variance) {
            return Math.max(0, Math.min(HIGHEST, products / orders / variance));
        }
    }

    /** What outcomes say, by {@link Calibration#pair}; nothing where no two origins ever sent to one region on one day. */
    static Map<String, Double> of(List<Calibrator.Outcome> outcomes) {
        List<Calibrator.Outcome> known = outcomes.stream().filter(outcome -> outcome.origin() != null).toList();
        double[] scores = known.stream().mapToDouble(outcome -> score(outcome.arrival())).toArray();
        double mean = Arrays.stream(scores).average().orElse(0);
        double variance = Arrays.stream(scores).map(score -> (score - mean) * (score - mean)).average().orElse(0);
        Map<String, Map<String, Sum>> cells = new TreeMap<>();
        for (int i = 0; i < scores.length; i++) {
            Calibrator.Outcome outcome = known.get(i);
            cells.computeIfAbsent(outcome.region() + " " + outcome.day(), _ -> new TreeMap<>())
                    .computeIfAbsent(String.valueOf(outcome.origin()), _ -> new Sum()).add(scores[i] - mean);
        }
        Pair all = new Pair();
        Map<String, Pair> pairs = new HashMap<>();
        for (Map<String, Sum> cell : cells.values()) {
            List<Map.Entry<String, Sum>> origins = List.copyOf(cell.entrySet());
            for (int i = 0; i < origins.size(); i++) {
                for (int j = i + 1; j < origins.size(); j++) {
                    Sum one = origins.get(i).getValue();
                    Sum other = origins.get(j).getValue();
                    all.add(one, other);
                    pairs.computeIfAbsent(Calibration.pair(origins.get(i).getKey(), origins.get(j).getKey()), _ -> new Pair())
                            .add(one, other);
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

    /** The normal score of where an outcome fell in its forecast. */
    private static double score(Arrival arrival) {
        double middle = (arrival.before() + arrival.after()) / 2;
        return Gaussian.quantile(Math.max(1e-6, Math.min(1 - 1e-6, middle)));
    }
}
