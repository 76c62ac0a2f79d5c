package dev.doorstep.watching.drift;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.jspecify.annotations.Nullable;

/**
 * One feature against what the model was trained with, by the statistic that Evidently takes by default. It has drifted where that is beyond
 * Evidently's threshold, and chance does not explain it: the p-value, adjusted over all features, is below 0.05.
 *
 * @param feature its name
 * @param statistic chosen by the type of the values and how many the model was trained with
 * @param score its value: a distance, or a p-value that is not adjusted; that of no difference where all values are missing, now or in
 *     training
 * @param threshold it may have
 * @param pValue adjusted by Benjamini and Yekutieli
 * @param count values
 * @param missing share of missing values
 * @param referenceMissing the same in training
 * @param unseen share of names that the model never learned; null for numbers
 * @param drifted the verdict
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FeatureDrift(String feature, Statistic statistic, double score, double threshold, double pValue, long count, double missing,
        double referenceMissing, @Nullable Double unseen, boolean drifted) {
    private static final int POINTS = 1_001;
    /** Orders that stand for any larger number of them: shares are known to six digits. */
    private static final long MANY = 1_000_000;
    private static final double SIGNIFICANT = 0.05;
    /** A share of missing values that moved by so much is drift as well. */
    private static final double MISSING = 0.1;

    /**
     * A feature in training.
     *
     * @param quantiles at evenly spaced ranks from 0 to 1; null for names
     * @param shares of each name; null for numbers
     * @param missing share of missing values
     * @param count orders that the model was trained with
     */
    @SuppressWarnings("ArrayRecordComponent") // read once from a bundle, never compared
    public record Reference(double @Nullable [] quantiles, @Nullable Map<String, Double> shares, double missing, long count) {
        /**
         * What is expected of orders of several kinds together.
         *
         * @param parts a reference of each kind, all of the same feature, with how many of the orders are of it
         */
        public static Reference mixed(Map<Reference, Long> parts) {
            if (parts.size() == 1) {
                return parts.keySet().iterator().next();
            }
            double all = parts.values().stream().mapToLong(Long::longValue).sum();
            double missing = 0;
            Map<String, Double> shares = new TreeMap<>();
            DoubleStream sample = DoubleStream.empty();
            boolean numbers = false;
            for (Map.Entry<Reference, Long> part : parts.entrySet()) {
                Reference reference = part.getKey();
                double weight = part.getValue() / all;
                missing += weight * reference.missing;
                if (reference.shares != null) {
                    reference.shares.forEach((name, share) -> shares.merge(name, weight * share, Double::sum));
                }
                double[] quantiles = reference.quantiles;
                if (quantiles != null) {
                    numbers = true;
                    int points = (int) Math.max(2, Math.round(POINTS * weight * (1 - reference.missing)));
                    sample = quantiles.length < 2 ? sample : DoubleStream.concat(sample, Arrays.stream(sample(quantiles, points)));
                }
            }
            return new Reference(numbers ? sample.sorted().toArray() : null, numbers ? null : shares, missing,
                    parts.keySet().iterator().next().count);
        }
    }

    /** How far it is beyond what it may be, in multiples of that; the more the farther, whichever the statistic. */
    public double distance() {
        return statistic.isPValue() ? threshold / Math.max(score, Double.MIN_NORMAL) : score / threshold;
    }

    /** All features that have a reference, in the order of their names. */
    public static List<FeatureDrift> of(Map<String, Reference> references, Map<String, FeatureSketch> seen) {
        List<Double> pValues = new ArrayList<>();
        List<FeatureDrift> raw = new ArrayList<>();
        new TreeMap<>(seen).forEach((name, sketch) -> {
            Reference reference = references.get(name);
            FeatureDrift drift = reference == null || sketch.all() == 0 ? null : raw(name, reference, sketch);
            if (drift != null) {
                pValues.add(drift.pValue());
                raw.add(drift);
            }
        });
        double[] adjusted = FalseDiscoveries.adjusted(pValues.stream().mapToDouble(Double::doubleValue).toArray());
        List<FeatureDrift> all = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            FeatureDrift each = raw.get(i);
            boolean moved = each.statistic().isDrift(each.score()) && adjusted[i] < SIGNIFICANT;
            all.add(new FeatureDrift(each.feature(), each.statistic(), each.score(), each.threshold(), adjusted[i], each.count(),
                    each.missing(), each.referenceMissing(), each.unseen(),
                    moved || Math.abs(each.missing() - each.referenceMissing()) >= MISSING));
        }
        return all;
    }

    private static @Nullable FeatureDrift raw(String name, Reference reference, FeatureSketch sketch) {
        double[] quantiles = reference.quantiles();
        Map<String, Double> shares = reference.shares();
        boolean learned = shares == null ? quantiles != null && quantiles.length >= 2 : !shares.isEmpty();
        if (!learned || sketch.count() == 0) {
            return learned || sketch.count() > 0 ? withoutValues(name, reference, sketch) : null;
        }
        if (shares != null) {
            Map<String, Long> trained = new TreeMap<>();
            long orders = Math.min(reference.count(), MANY);
            shares.forEach((each, share) -> trained.put(each, Math.round(share * orders)));
            return ofCounts(name, reference, sketch, trained, sketch.names(), false);
        }
        double[] sorted = Objects.requireNonNull(quantiles);
        int distinct = distinct(sorted);
        double[] current = sketch.quantiles(POINTS);
        if (Statistic.areFew(distinct)) {
            return ofCounts(name, reference, sketch, counts(sorted, Math.min(reference.count(), MANY)), counts(current, sketch.count()),
                    true);
        }
        Statistic statistic = Statistic.chosen(true, reference.count(), distinct, distinct);
        double[] trained = interpolated(sorted, POINTS);
        double distance = distance(trained, current);
        double n = sketch.count();
        double m = reference.count();
        if (statistic == Statistic.KS) {
            double pValue = kolmogorov(distance * Math.sqrt(n * m / (n + m)));
            return result(name, statistic, pValue, pValue, sketch, reference, null);
        }
        // The reference is known in steps only, so that a step's width is forgiven.
        return result(name, statistic, Samples.score(statistic, trained, current),
                kolmogorov(Math.max(0, distance - 0.05) * Math.sqrt(n)), sketch, reference, null);
    }

    /** What has values in training or now, and not in both: there is nothing to compare, and the shares of missing values say it all. */
    private static FeatureDrift withoutValues(String name, Reference reference, FeatureSketch sketch) {
        boolean numbers = reference.shares() == null;
        Statistic statistic = Statistic.chosen(numbers, reference.count(), Integer.MAX_VALUE, Integer.MAX_VALUE);
        return result(name, statistic, statistic.isPValue() ? 1 : 0, 1, sketch, reference, numbers ? null : sketch.unseenShare());
    }

    /** Of names, or of numbers of which there are few different ones. */
    private static FeatureDrift ofCounts(String name, Reference reference, FeatureSketch sketch, Map<String, Long> trained,
            Map<String, Long> current, boolean numbers) {
        Statistic statistic = Statistic.chosen(numbers, reference.count(), trained.size(), Samples.inEither(trained, current).size());
        return result(name, statistic, Samples.score(statistic, trained, current),
                statistic.isPValue() ? independence(trained, current) : chiSquare(trained, current), sketch, reference,
                numbers ? null : sketch.unseenShare());
    }

    /** How often each value occurs in so many, by a sample of them. */
    private static Map<String, Long> counts(double[] sample, long all) {
        Map<String, Long> counts = Samples.counts(sample);
        counts.replaceAll((_, count) -> Math.round((double) count * all / sample.length));
        return counts;
    }

    private static FeatureDrift result(String name, Statistic statistic, double score, double pValue, FeatureSketch sketch,
            Reference reference, @Nullable Double unseen) {
        return new FeatureDrift(name, statistic, score, statistic.threshold(), pValue, sketch.count(), sketch.missingShare(),
                reference.missing(), unseen, false);
    }

    private static int distinct(double[] values) {
        return (int) Arrays.stream(values).distinct().count();
    }

    /** A sample that has the quantiles: straight between them, unless there are few different ones, which stay as they are. */
    private static double[] sample(double[] quantiles, int points) {
        if (!Statistic.areFew(distinct(quantiles))) {
            return interpolated(quantiles, points);
        }
        return IntStream.range(0, points).mapToDouble(i -> quantiles[(int) ((long) i * quantiles.length / points)]).toArray();
    }

    /** A sample that has the quantiles, straight between them. */
    private static double[] interpolated(double[] quantiles, int points) {
        double[] sample = new double[points];
        for (int i = 0; i < points; i++) {
            double position = (double) i / (points - 1) * (quantiles.length - 1);
            int below = Math.min(quantiles.length - 2, (int) position);
            sample[i] = quantiles[below] + (position - below) * (quantiles[below + 1] - quantiles[below]);
        }
        return sample;
    }

    /** The largest distance between the distribution functions of two sorted samples of as many points. */
    private static double distance(double[] trained, double[] current) {
        double distance = 0;
        int i = 0;
        int j = 0;
        while (i < POINTS && j < POINTS) {
            // Behind all that equal a value, or whole numbers would differ from themselves.
            double value = Math.min(trained[i], current[j]);
            while (i < POINTS && trained[i] <= value) {
                i++;
            }
            while (j < POINTS && current[j] <= value) {
                j++;
            }
            distance = Math.max(distance, (double) Math.abs(i - j) / POINTS);
        }
        return distance;
    }

    /** Kolmogorov's limit: the p-value of a distance times the root of how many values it rests on. */
    private static double kolmogorov(double lambda) {
        double sum = 0;
        for (int k = 1; k <= 100; k++) {
            sum += (k % 2 == 1 ? 1 : -1) * Math.exp(-2.0 * k * k * lambda * lambda);
        }
        return lambda < 0.2 ? 1 : Math.clamp(2 * sum, 0, 1);
    }

    /** The p-value of two samples being of one kind, where the first is no larger than chance moves it as well. */
    private static double independence(Map<String, Long> trained, Map<String, Long> current) {
        long[][] counts = Samples.inEither(trained, current).stream()
                .map(name -> new long[]{trained.getOrDefault(name, 0L), current.getOrDefault(name, 0L)})
                .filter(each -> each[0] + each[1] > 0).toArray(long[][]::new);
        return counts.length < 2 ? 1 : ChiSquareTest.withDefaults().test(counts).getPValue();
    }

    private static double chiSquare(Map<String, Long> trained, Map<String, Long> names) {
        List<Double> expected = new ArrayList<>();
        List<Long> observed = new ArrayList<>();
        double total = trained.values().stream().mapToDouble(Long::doubleValue).sum();
        trained.forEach((name, weight) -> {
            if (weight > 0L) {
                expected.add(weight.doubleValue() / total);
                observed.add(names.getOrDefault(name, 0L));
            }
        });
        // What was never seen in training is expected a little, or a single order with it would be beyond all chance.
        long others = names.entrySet().stream().filter(each -> trained.getOrDefault(each.getKey(), 0L) == 0).mapToLong(Map.Entry::getValue)
                .sum();
        expected.add(0.001);
        observed.add(others);
        return ChiSquareTest.withDefaults().test(expected.stream().mapToDouble(Double::doubleValue).toArray(),
                observed.stream().mapToLong(Long::longValue).toArray()).getPValue();
    }
}
