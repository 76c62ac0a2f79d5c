package dev.doorstep.modeltraining.evaluation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Pools forward tests at several cut-offs and says how sure their differences are: a bootstrap over the months that days are counted from,
 * because orders of a month share its weather. Not thread-safe.
 */
public final class Backtest {
    private static final int RESAMPLES = 4_000;

    private final Map<String, Map<String, double[]>> months = new LinkedHashMap<>();
    /** The model's, on the orders that each reference knows. */
    private final Map<String, Map<String, double[]>> beside = new LinkedHashMap<>();

    /**
     * The pooled pinball loss at confidence 0.9.
     *
     * @param pinball of each forecaster, in days
     * @param differences the model's loss less each reference's on the orders that the reference knows, with a 95 % interval
     */
    public record Result(int rows, Map<String, Double> pinball, Map<String, Interval> differences) {}

    /** A value with its interval. */
    public record Interval(double value, double from, double to) {}

    /** Adds the test of one cut-off. */
    public void add(Evaluation evaluation) {
        evaluation.scores().forEach((name, score) -> {
            add(months, name, score);
            add(beside, name, evaluation.beside(name));
        });
    }

    private static void add(Map<String, Map<String, double[]>> to, String name, Score score) {
        Map<String, double[]> all = to.computeIfAbsent(name, _ -> new TreeMap<>());
        score.months().forEach((month, sums) -> {
            double[] sum = all.computeIfAbsent(month, _ -> new double[2]);
            sum[0] += sums[0];
            sum[1] += sums[1];
        });
    }

    /** The result so far. */
    public Result result(long seed) {
        Map<String, double[]> model = java.util.Objects.requireNonNull(months.get(Evaluation.MODEL));
        Map<String, Double> pinball = new LinkedHashMap<>();
        Map<String, Interval> differences = new LinkedHashMap<>();
        months.forEach((name, sums) -> {
            pinball.put(name, mean(sums, List.copyOf(sums.keySet())));
            if (!name.equals(Evaluation.MODEL)) {
                differences.put(name, interval(java.util.Objects.requireNonNull(beside.get(name)), sums,
                        RandomGeneratorFactory.of("L64X128MixRandom").create(seed)));
            }
        });
        return new Result((int) model.values().stream().mapToDouble(sum -> sum[1]).sum(), pinball, differences);
    }

    private static Interval interval(Map<String, double[]> model, Map<String, double[]> reference, RandomGenerator random) {
        List<String> all = List.copyOf(reference.keySet());
        double[] resampled = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            List<String> drawn = new ArrayList<>();
            for (int j = 0; j < all.size(); j++) {
                drawn.add(all.get(random.nextInt(all.size())));
            }
            resampled[i] = mean(model, drawn) - mean(reference, drawn);
        }
        java.util.Arrays.sort(resampled);
        return new Interval(mean(model, all) - mean(reference, all), resampled[(int) (0.025 * RESAMPLES)],
                resampled[(int) (0.975 * RESAMPLES)]);
    }

    private static double mean(Map<String, double[]> sums, List<String> drawn) {
        double loss = 0;
        double count = 0;
        for (String month : drawn) {
            double @Nullable [] sum = sums.get(month);
            if (sum != null) {
                loss += sum[0];
                count += sum[1];
            }
        }
        return loss / count;
    }
}
