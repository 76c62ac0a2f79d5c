package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.modeltraining.orders.Arrival;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Learns what forecast probabilities were worth: probability integral transforms of past forecasts, each an even mass between the
 * forecast's probability before and after the day of arrival, weighted by recency and shrunk from lane to region to all by n / (n + 300).
 *
 * <p>Orders of the same weeks share their weather, so that many of them are not as many proofs. How far all of it is believed is therefore
 * decided by what held from one stretch of time to another: the outcomes are cut into {@value #BLOCKS} stretches, and the share of the
 * correction is taken that, learned on the others, left each stretch closest to uniform. Not thread-safe.
 */
public final class Calibrator {
    private static final double SHRINK = 300;
    private static final double SHRINK_WEEKS = 26;
    private static final double HALF_LIFE_DAYS = 180;
    private static final int STEPS = Calibration.STEPS;
    private static final int BLOCKS = 4;
    private static final int SHARES = 10;

    private final List<Outcome> outcomes = new ArrayList<>();

    /**
     * Where an outcome fell in its forecast.
     *
     * @param origin where it left from, or null
     * @param day of the forecast, as an epoch day
     * @param weight by recency
     */
    public record Outcome(String lane, String region, @Nullable String origin, long day, Arrival arrival, double weight) {}

    private static final class Group {
        final double[] sums = new double[STEPS + 1];
        double weight;
        double squares;
        int count;

        void add(Outcome outcome) {
            for (int i = 0; i <= STEPS; i++) {
                sums[i] += outcome.weight() * outcome.arrival().shareBelow((double) i / STEPS);
            }
            weight += outcome.weight();
            squares += outcome.weight() * outcome.weight();
            count++;
        }

        double trust() {
            // Of weighted outcomes, their effective number (Kish).
            double effective = weight * weight / squares;
            return effective / (effective + SHRINK);
        }

        /** Values shrunk towards those of a wider group. */
        double[] values(double[] wider, double trust) {
            double[] values = new double[STEPS + 1];
            for (int i = 1; i < STEPS; i++) {
                values[i] = Math.max(values[i - 1], trust * sums[i] / weight + (1 - trust) * wider[i]);
            }
            values[STEPS] = 1;
            return values;
        }
    }

    /** Adds an outcome. */
    public void add(Outcome outcome) {
        outcomes.add(outcome);
    }

    /** How many outcomes were added. */
    public int count() {
        return outcomes.size();
    }

    /**
     * What was learned, of at least one outcome.
     *
     * @param today epoch day up to which outcomes are known
     */
    public Calibration calibration(long today) {
        double believed = believed() * seen(today);
        Group all = groupOf(outcomes);
        Map<String, Group> lanes = new HashMap<>();
        Map<String, Group> regions = new HashMap<>();
        Map<String, String> regionOfLane = new HashMap<>();
        for (Outcome outcome : outcomes) {
            lanes.computeIfAbsent(outcome.lane(), _ -> new Group()).add(outcome);
            regions.computeIfAbsent(outcome.region(), _ -> new Group()).add(outcome);
            regionOfLane.put(outcome.lane(), outcome.region());
        }
        double[] everything = all.values(Calibration.none().all(), believed);
        Map<String, double[]> groups = new TreeMap<>();
        Map<String, Integer> counts = new TreeMap<>();
        regions.forEach((key, group) -> {
            groups.put(key, group.values(everything, group.trust() * believed));
            counts.put(key, group.count);
        });
        lanes.forEach((key, group) -> {
            groups.put(key, group.values(Objects.requireNonNull(groups.get(regionOfLane.get(key))), group.trust() * believed));
            counts.put(key, group.count);
        });
        counts.put("all", all.count);
        return new Calibration(everything, groups, counts, Correlations.of(outcomes));
    }

    /** What some weeks teach need not hold in others, the less the longer ago they are. */
    private double seen(long today) {
        double weeks = outcomes.stream().mapToLong(outcome -> Math.floorDiv(outcome.day(), 7L)).distinct()
                .mapToDouble(week -> StrictMath.pow(0.5, (today - 7.0 * week) / HALF_LIFE_DAYS)).sum();
        return weeks / (weeks + SHRINK_WEEKS);
    }

    private static Group groupOf(List<Outcome> some) {
        Group group = new Group();
        some.forEach(group::add);
        return group;
    }

    /** The share of the correction that held best from the other stretches of time to each one. */
    private double believed() {
        List<Outcome> inTime = outcomes.stream().sorted(Comparator.comparingLong(Outcome::day)).toList();
        double[] distances = new double[SHARES + 1];
        for (int block = 0; block < BLOCKS; block++) {
            int from = block * inTime.size() / BLOCKS;
            int until = (block + 1) * inTime.size() / BLOCKS;
            List<Outcome> others = new ArrayList<>(inTime.subList(0, from));
            others.addAll(inTime.subList(until, inTime.size()));
            if (others.isEmpty() || from == until) {
                continue;
            }
            Group learned = groupOf(others);
            for (int share = 0; share <= SHARES; share++) {
                double[] correction = learned.values(Calibration.none().all(), (double) share / SHARES);
                Group corrected = new Group();
                inTime.subList(from, until).forEach(each -> corrected.add(new Outcome(each.lane(), each.region(), each.origin(), each.day(),
                        new Arrival(Calibration.worth(correction, each.arrival().before()),
                                Calibration.worth(correction, each.arrival().after())),
                        each.weight())));
                for (int i = 0; i <= STEPS; i++) {
                    double miss = corrected.sums[i] / corrected.weight - (double) i / STEPS;
                    distances[share] += miss * miss;
                }
            }
        }
        int best = 0;
        for (int share = 1; share <= SHARES; share++) {
            best = distances[share] < distances[best] ? share : best;
        }
        return (double) best / SHARES;
    }
}
