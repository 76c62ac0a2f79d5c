package dev.doorstep.watching.drift;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.ChiSquareTest;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.apache.commons.statistics.inference.PValueMethod;

/** Scores of two samples, as Evidently 0.7 and SciPy give them. */
public final class Samples {
    private static final double LEAST_DEVIATION = 0.001;
    private static final double LEAST_SHARE = 0.0001;
    private static final int FEW_VALUES = 20;

    private Samples() {}

    /** The score of two samples of numbers, none of them missing. */
    public static double score(Statistic statistic, double[] reference, double[] current) {
        return switch (statistic) {
            case KS -> KolmogorovSmirnovTest.withDefaults().with(PValueMethod.EXACT).test(reference, current).getPValue();
            case WASSERSTEIN -> wasserstein(reference, current);
            case CHI_SQUARE, Z -> score(statistic, counts(reference), counts(current));
            case JENSEN_SHANNON, PSI -> {
                double[][] shares = binned(reference, current);
                yield statistic == Statistic.PSI ? psi(shares[0], shares[1]) : jensenShannon(shares[0], shares[1]);
            }
        };
    }

    /** The score of two samples of names, given by how often each occurs. */
    public static double score(Statistic statistic, Map<String, Long> reference, Map<String, Long> current) {
        Set<String> names = inEither(reference, current);
        double[] references = names.stream().mapToDouble(name -> reference.getOrDefault(name, 0L)).toArray();
        double[] currents = names.stream().mapToDouble(name -> current.getOrDefault(name, 0L)).toArray();
        double n = Arrays.stream(references).sum();
        double m = Arrays.stream(currents).sum();
        return switch (statistic) {
            case CHI_SQUARE -> chiSquare(references, currents, m / n);
            case Z -> proportions(references[0] / n, n, currents[0] / m, m);
            case JENSEN_SHANNON -> jensenShannon(over(references, n), over(currents, m));
            case PSI -> psi(over(references, n), over(currents, m));
            case KS, WASSERSTEIN -> throw new IllegalArgumentException(statistic.wireName() + " is for numbers");
        };
    }

    /** Ramdas, Garcia and Cuturi, On Wasserstein two-sample testing (2017): the area between both distribution functions. */
    private static double wasserstein(double[] reference, double[] current) {
        double[] x = reference.clone();
        double[] y = current.clone();
        Arrays.sort(x);
        Arrays.sort(y);
        double area = 0;
        double before = Math.min(x[0], y[0]);
        int i = 0;
        int j = 0;
        while (i < x.length || j < y.length) {
            double next = j >= y.length || (i < x.length && x[i] <= y[j]) ? x[i] : y[j];
            area += Math.abs((double) i / x.length - (double) j / y.length) * (next - before);
            while (i < x.length && x[i] == next) {
                i++;
            }
            while (j < y.length && y[j] == next) {
                j++;
            }
            before = next;
        }
        return area / Math.max(LEAST_DEVIATION, deviation(reference));
    }

    private static double deviation(double[] values) {
        return StandardDeviation.of(values).setBiased(true).getAsDouble();
    }

    private static double jensenShannon(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double middle = (p[i] + q[i]) / 2;
            sum += relativeEntropy(p[i], middle) + relativeEntropy(q[i], middle);
        }
        return Math.sqrt(Math.max(0, sum / 2));
    }

    private static double relativeEntropy(double p, double q) {
        return p == 0 ? 0 : p * Math.log(p / q);
    }

    private static double psi(double[] reference, double[] current) {
        double[] p = withoutZeros(reference);
        double[] q = withoutZeros(current);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += (p[i] - q[i]) * Math.log(p[i] / q[i]);
        }
        return sum;
    }

    /** An empty bin has a small share, so that its logarithm is one. */
    private static double[] withoutZeros(double[] shares) {
        double least = Arrays.stream(shares).filter(share -> share > 0).min().orElse(1);
        double small = least <= LEAST_SHARE ? least / 1e6 : LEAST_SHARE;
        return Arrays.stream(shares).map(share -> share == 0 ? small : share).toArray();
    }

    private static double chiSquare(double[] references, double[] currents, double scale) {
        for (int i = 0; i < references.length; i++) {
            if (references[i] == 0 && currents[i] > 0) {
                // What was never expected and is there now.
                return 0;
            }
        }
        int[] known = IntStream.range(0, references.length).filter(i -> references[i] > 0).toArray();
        double[] expected = Arrays.stream(known).mapToDouble(i -> references[i] * scale).toArray();
        long[] observed = Arrays.stream(known).mapToLong(i -> Math.round(currents[i])).toArray();
        return expected.length < 2 ? 1 : ChiSquareTest.withDefaults().test(expected, observed).getPValue();
    }

    private static double proportions(double p, double n, double q, double m) {
        double pooled = (p * n + q * m) / (n + m);
        double z = (p - q) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
        return Double.isNaN(z) ? 1 : 2 * NormalDistribution.of(0, 1).survivalProbability(Math.abs(z));
    }

    /** Shares in equal bins by Sturges' rule over both; of few values, each is a bin. */
    private static double[][] binned(double[] reference, double[] current) {
        if (Arrays.stream(reference).distinct().count() <= FEW_VALUES) {
            Map<String, Long> references = counts(reference);
            Map<String, Long> currents = counts(current);
            Set<String> values = inEither(references, currents);
            return new double[][]{
                    values.stream().mapToDouble(value -> references.getOrDefault(value, 0L) / (double) reference.length).toArray(),
                    values.stream().mapToDouble(value -> currents.getOrDefault(value, 0L) / (double) current.length).toArray()};
        }
        double least = DoubleStream.concat(Arrays.stream(reference), Arrays.stream(current)).min().orElseThrow();
        double most = DoubleStream.concat(Arrays.stream(reference), Arrays.stream(current)).max().orElseThrow();
        int size = reference.length + current.length;
        int bins = (int) Math.ceil((most - least) / ((most - least) / (Math.log(size) / Math.log(2) + 1)));
        return new double[][]{histogram(reference, least, most, bins), histogram(current, least, most, bins)};
    }

    private static double[] histogram(double[] values, double least, double most, int bins) {
        double[] shares = new double[bins];
        for (double value : values) {
            int bin = Math.min(bins - 1, (int) ((value - least) / (most - least) * bins));
            // Bins are closed at their lower edge, as the edges are computed.
            double lower = least + (most - least) * bin / bins;
            shares[value < lower ? bin - 1 : bin < bins - 1 && value >= least + (most - least) * (bin + 1) / bins ? bin + 1 : bin] += 1.0
                    / values.length;
        }
        return shares;
    }

    /** Names that occur in one of two samples or in both. */
    static Set<String> inEither(Map<String, Long> reference, Map<String, Long> current) {
        Set<String> names = new TreeSet<>(reference.keySet());
        names.addAll(current.keySet());
        return names;
    }

    /** How often each number occurs. */
    static Map<String, Long> counts(double[] values) {
        Map<String, Long> counts = new TreeMap<>();
        for (double value : values) {
            counts.merge(Double.toString(value), 1L, Long::sum);
        }
        return counts;
    }

    private static double[] over(double[] counts, double sum) {
        return Arrays.stream(counts).map(count -> count / sum).toArray();
    }
}
