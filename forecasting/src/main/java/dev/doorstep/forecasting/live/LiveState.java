package dev.doorstep.forecasting.live;

import dev.doorstep.forecasting.Correction;
import dev.doorstep.forecasting.model.Calibration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What outcomes said of one model's probabilities, up to a day: of all orders, and of each calibration group. Immutable and thread-safe.
 *
 * @param until last day of orders whose outcomes are in it
 * @param groups by key, {@value Calibration#ALL} among them once there was an outcome
 */
public record LiveState(LocalDate until, Map<String, Group> groups) {
    /** Levels that are followed; in between, corrections are drawn straight. */
    public static final List<Double> LEVELS = List.of(0.05, 0.25, 0.5, 0.8, 0.9, 0.95);

    /** A state is one document; orders of further groups count in {@value Calibration#ALL} alone. */
    private static final int MOST_GROUPS = 128;
    /** Outcomes that a group needs until it counts as much as what it is shrunk to. */
    private static final double SHRINK = 300;
    /** Neither end of a distribution is certain. */
    private static final double LEAST = 0.001;

    /**
     * What is known of one group.
     *
     * @param count outcomes
     * @param levels experts of each of {@link #LEVELS}
     */
    public record Group(long count, List<LevelExperts> levels) {
        public Group {
            levels = List.copyOf(levels);
            if (levels.size() != LEVELS.size()) {
                throw new IllegalArgumentException("there are " + LEVELS.size() + " levels, not " + levels.size());
            }
        }

        private Group after(double... outcomes) {
            List<LevelExperts> next = new ArrayList<>();
            for (int i = 0; i < levels.size(); i++) {
                next.add(levels.get(i).after(LEVELS.get(i), outcomes));
            }
            return new Group(count + outcomes.length, next);
        }
    }

    /**
     * Where an outcome fell in its forecast.
     *
     * @param group that the forecast was calibrated by
     * @param position the model's probability of what came to pass or earlier, without live calibration, drawn evenly within the day; 0 to 1,
     *     and 1 for what was lost
     */
    public record Observed(String group, double position) {
        public Observed {
            if (!(position >= 0 && position <= 1)) {
                throw new IllegalArgumentException("position must lie between 0 and 1: " + position);
            }
        }

        /**
         * Of a day whose forecast puts what came to pass between two probabilities.
         *
         * @param before probability of having arrived before the day
         * @param after probability of having arrived by its end
         * @param within 0 to 1: how far between them, drawn by the caller
         */
        public static Observed of(String group, double before, double after, double within) {
            return new Observed(group, before + within * (after - before));
        }
    }

    public LiveState {
        groups = Map.copyOf(groups);
    }

    /** Of a model of which no outcome up to a day is known. */
    public static LiveState none(LocalDate until) {
        return new LiveState(until, Map.of());
    }

    /**
     * The same with the outcomes of one more day's orders.
     *
     * @param day the one after {@link #until}
     * @param cohort all outcomes of that day, in an order that does not depend on what they are
     */
    public LiveState next(LocalDate day, List<Observed> cohort) {
        if (!day.equals(until.plusDays(1))) {
            throw new IllegalArgumentException(until.plusDays(1) + " comes next, not " + day);
        }
        Map<String, List<Double>> byGroup = new TreeMap<>();
        for (Observed each : cohort) {
            byGroup.computeIfAbsent(Calibration.ALL, _ -> new ArrayList<>()).add(each.position());
            if (!each.group().equals(Calibration.ALL)) {
                byGroup.computeIfAbsent(each.group(), _ -> new ArrayList<>()).add(each.position());
            }
        }
        Map<String, Group> next = new TreeMap<>(groups);
        // Where there are too many, the largest ones of the first days are followed.
        Comparator<String> largest = Comparator.comparingInt(key -> -byGroup.getOrDefault(key, List.of()).size());
        byGroup.keySet().stream().sorted(largest.thenComparing(Comparator.naturalOrder())).forEach(key -> {
            List<Double> positions = byGroup.getOrDefault(key, List.of());
            if (next.containsKey(key) || key.equals(Calibration.ALL) || next.size() < MOST_GROUPS) {
                Group group = next.getOrDefault(key, new Group(0, LEVELS.stream().map(LevelExperts::of).toList()));
                next.put(key, group.after(positions.stream().mapToDouble(Double::doubleValue).toArray()));
            }
        });
        return new LiveState(day, next);
    }

    /** The corrections that follow: a group's shrunk to that of all, and that to none, by n / (n + 300). */
    public LiveCalibration calibration() {
        double[] all = shrunk(groups.get(Calibration.ALL), LEVELS.stream().mapToDouble(Double::doubleValue).toArray());
        Map<String, Correction> corrections = new TreeMap<>();
        groups.forEach((key, group) -> corrections.put(key, correction(key.equals(Calibration.ALL) ? all : shrunk(group, all))));
        return new LiveCalibration(until, corrections, correction(all));
    }

    private static double[] shrunk(@Nullable Group group, double[] towards) {
        double[] positions = towards.clone();
        if (group != null) {
            double trust = group.count() / (group.count() + SHRINK);
            for (int i = 0; i < positions.length; i++) {
                positions[i] += trust * (group.levels().get(i).position() - positions[i]);
            }
        }
        return positions;
    }

    private static Correction correction(double[] positions) {
        double[] from = new double[positions.length + 2];
        double[] to = new double[positions.length + 2];
        for (int i = 0; i < positions.length; i++) {
            from[i + 1] = Math.clamp(positions[i], LEAST, 1 - LEAST);
            to[i + 1] = LEVELS.get(i);
        }
        from[positions.length + 1] = 1;
        to[positions.length + 1] = 1;
        // Levels are followed one by one and may cross; in order they are no worse (Chernozhukov, Fernández-Val and Galichon 2010).
        Arrays.sort(from);
        return new Correction(from, to);
    }
}
