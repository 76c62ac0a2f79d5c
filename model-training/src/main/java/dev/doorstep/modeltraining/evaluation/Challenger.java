package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.Support;
import java.util.ArrayList;
import java.util.List;

/**
 * The challenger of every report: one quantile forest for each of some levels, on the open-day clock, and the calendar to walk back on.
 * Between levels it is linear. Thread-safe.
 */
public final class Challenger {
    private static final double[] QUANTILES = {0.05, 0.25, 0.5, 0.75, 0.9, 0.95};

    private final List<Forest> forests = new ArrayList<>();
    private final List<Forest.Plan> plans = new ArrayList<>();
    private final boolean daily;
    private final Support support;

    /**
     * Takes the forests over.
     *
     * @param models one for each of {@link #levels()}
     */
    public Challenger(List<String> models, Support support) {
        models.forEach(model -> forests.add(Forest.read(model)));
        forests.forEach(forest -> plans.add(forest.plan()));
        this.support = support;
        this.daily = support.daily();
    }

    /** The levels that it has forests for. */
    public static double[] levels() {
        return QUANTILES.clone();
    }

    /** The file of a bundle that holds a level's forest. */
    public static String file(int level) {
        return "challenger-" + (level + 1) + ".txt";
    }

    /** Reads it from a bundle. */
    public static Challenger of(Bundle bundle) {
        List<String> models = new ArrayList<>();
        for (int i = 0; i < QUANTILES.length; i++) {
            models.add(bundle.text(file(i)));
        }
        return new Challenger(models, bundle.settings().support());
    }

    /** Its distribution of an order. */
    void cumulative(double[] row, CandidateDays days, double[] cumulative) {
        double[] quantiles = new double[QUANTILES.length];
        for (int i = 0; i < quantiles.length; i++) {
            Forest.Scratch scratch = forests.get(i).scratch();
            plans.get(i).fix(row, scratch);
            quantiles[i] = plans.get(i).score(row, scratch);
        }
        java.util.Arrays.sort(quantiles);
        double reached = 0;
        for (int bin = 0; bin < support.bins(); bin++) {
            for (int day = support.starts()[bin]; day < support.endOf(bin); day++) {
                if (!daily) {
                    reached = level(quantiles, day + 1);
                } else if (days.isOpen(bin)) {
                    reached = level(quantiles, days.openDay(bin) + 1);
                }
                cumulative[day - support.first()] = reached;
            }
        }
        cumulative[cumulative.length - 1] = 1;
    }

    /** The probability of a value; beyond the outermost quantiles, as far again as the next one is. */
    private static double level(double[] quantiles, double value) {
        int last = quantiles.length - 1;
        double low = quantiles[0] - Math.max(0.5, (quantiles[1] - quantiles[0]) / 2);
        double high = quantiles[last] + Math.max(1, 2 * (quantiles[last] - quantiles[last - 1]));
        if (value <= low) {
            return 0;
        }
        if (value >= high) {
            return 1;
        }
        double x = low;
        double p = 0;
        for (int i = 0; i <= last + 1; i++) {
            double nextX = i > last ? high : quantiles[i];
            double nextP = i > last ? 1 : QUANTILES[i];
            if (value < nextX) {
                return p + (nextP - p) * (value - x) / (nextX - x);
            }
            x = nextX;
            p = nextP;
        }
        return 1;
    }
}
