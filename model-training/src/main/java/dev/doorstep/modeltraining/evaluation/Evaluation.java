package dev.doorstep.modeltraining.evaluation;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Measures a model and its references on delivered orders. Not thread-safe. */
public final class Evaluation {
    private final Parts parts;
    private final Truths truths;
    private final Map<String, Score> scores = new LinkedHashMap<>();
    private final Map<String, Score> lanes = new TreeMap<>();
    private final Map<String, Score> months = new TreeMap<>();
    private final double[] pit = new double[20];

    /** The name of the model among the scores. */
    public static final String MODEL = "model";

    /**
     * What is measured.
     *
     * @param challenger or null where there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Parts(HazardModel model, Calibration calibration, Support support, int earliestOpenDay, double[] timeOfDay,
            References references, @Nullable Challenger challenger, FeatureEncoder encoder) {}

    /**
     * The result, as {@code evaluate} prints it.
     *
     * @param model metrics of the model
     * @param references metrics of each reference
     * @param atEqualLateRate the model's average promised days where it is as often late as each reference
     */
    public record Result(@JsonUnwrapped Metrics model, Map<String, Metrics> references, Map<String, Double> atEqualLateRate) {}

    public Evaluation(Parts parts, Truths truths) {
        this.parts = parts;
        this.truths = truths;
    }

    /**
     * Adds delivered orders.
     *
     * @param rows their features
     */
    public void add(List<Prepared> delivered, double[][] rows) {
        Support support = parts.support();
        CandidateDays days = new CandidateDays(support);
        Forest.Scratch scratch = parts.model().scratch();
        double[] cumulative = new double[support.days()];
        for (int i = 0; i < delivered.size(); i++) {
            Prepared each = delivered.get(i);
            OrderFacts facts = each.order().facts();
            days.set(each.clock().anchorDay(), each.clock().preparationDay(), each.delivers(), parts.earliestOpenDay());
            Outcome outcome = new Outcome(each, parts.encoder(), support, parts.timeOfDay());
            double[] truth = truths.of(each, support);
            parts.model().cumulative(rows[i], days, scratch, cumulative);
            Calibration.apply(parts.calibration().of(facts.lane().laneKey(), facts.lane().regionKey()), cumulative);
            score(MODEL).add(cumulative, outcome, null, truth);
            lanes.computeIfAbsent(laneGroup(facts.lane()), _ -> new Score()).add(cumulative, outcome, null, truth);
            months.computeIfAbsent(each.order().instant().toString().substring(0, 7), _ -> new Score()).add(cumulative, outcome, null,
                    truth);
            transform(cumulative, each.offset() - support.first());
            references(each, rows[i], days, outcome, truth, cumulative);
        }
    }

    private void references(Prepared each, double[] row, CandidateDays days, Outcome outcome, double @Nullable [] truth,
            double[] cumulative) {
        Support support = parts.support();
        if (truth != null) {
            score("truth").add(truth, outcome, null, truth);
        }
        if (each.order().promisedAt() != null) {
            double promised = Duration.between(each.order().facts().anchor(), each.order().promisedAt()).toMillis() / 86_400_000.0;
            int offset = (int) (parts.encoder().dayOf(each.order().promisedAt()) - each.clock().anchorDay());
            for (int day = 0; day < cumulative.length; day++) {
                cumulative[day] = support.first() + day >= offset ? 1 : 0;
            }
            cumulative[cumulative.length - 1] = 1;
            double[] quantiles = new double[Score.LEVELS.length];
            java.util.Arrays.fill(quantiles, promised);
            score("promised").add(cumulative, outcome, quantiles, truth);
            if (parts.references().promise() != null) {
                parts.references().promisePlusConstant(offset, promised, support, cumulative, quantiles);
                score("promisedPlusConstant").add(cumulative, outcome, quantiles, truth);
            }
        }
        parts.references().calendar(each, days, support, cumulative);
        score("calendar").add(cumulative, outcome, null, truth);
        parts.references().group(each, support, cumulative);
        score("group").add(cumulative, outcome, null, truth);
        if (parts.challenger() != null) {
            parts.challenger().cumulative(row, days, cumulative);
            score("challenger").add(cumulative, outcome, null, truth);
        }
    }

    /** What lanes are grouped by in reports. */
    static String laneGroup(OrderFacts.Lane lane) {
        return (lane.originId() == null ? lane.originCountry() : lane.originId()) + " → " + lane.destinationRegion();
    }

    private void transform(double[] cumulative, int arrived) {
        double after = arrived < 0 ? 0 : cumulative[Math.min(arrived, cumulative.length - 1)];
        double before = arrived <= 0 ? 0 : cumulative[Math.min(arrived - 1, cumulative.length - 1)];
        for (int i = 0; i < pit.length; i++) {
            double from = (double) i / pit.length;
            double to = (double) (i + 1) / pit.length;
            pit[i] += after > before
                    ? Math.max(0, Math.min(to, after) - Math.max(from, before)) / (after - before)
                    : before >= from && before < to ? 1 : 0;
        }
    }

    private Score score(String name) {
        return scores.computeIfAbsent(name, _ -> new Score());
    }

    /** Scores by forecaster. */
    public Map<String, Score> scores() {
        return scores;
    }

    /** The model's scores by lane group. */
    public Map<String, Score> lanes() {
        return lanes;
    }

    /** The model's scores by month. */
    public Map<String, Score> months() {
        return months;
    }

    /** Shares of outcomes by the forecast probability that they fell on, in twenty steps. */
    public double[] transforms() {
        double[] shares = pit.clone();
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= score(MODEL).rows();
        }
        return shares;
    }

    /** The result. */
    public Result result() {
        Map<String, Metrics> references = new LinkedHashMap<>();
        Map<String, Double> equal = new LinkedHashMap<>();
        Score model = score(MODEL);
        scores.forEach((name, score) -> {
            if (!name.equals(MODEL)) {
                Metrics metrics = score.metrics();
                references.put(name, metrics);
                equal.put(name, model.daysAtLateRate(metrics.lateRate()));
            }
        });
        return new Result(model.metrics(), references, equal);
    }
}
