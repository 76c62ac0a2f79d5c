package dev.doorstep.modeltraining.evaluation;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.modeltraining.orders.Arrival;
import dev.doorstep.modeltraining.orders.Prepared;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Measures a model and its references on delivered orders. Not thread-safe. */
public final class Evaluation {
    /** The name of the model among the scores. */
    public static final String MODEL = "model";
    private static final String PROMISED = "promised";
    private static final String PROMISED_PLUS_CONSTANT = "promisedPlusConstant";

    private final Parts parts;
    private final Truths truths;
    private final Map<String, Score> scores = new LinkedHashMap<>();
    private final Map<String, Score> lanes = new TreeMap<>();
    private final Map<String, Score> months = new TreeMap<>();
    private final double[] reliability = new double[21];
    private final Score live = new Score();
    /** The model on the orders that the file's promises are known of. */
    private final Score whereThereIsAPromise = new Score();
    private final Map<String, Score> liveLanes = new TreeMap<>();
    private final LiveTest liveTest = new LiveTest();

    /** What is measured. */
    public record Parts(HazardModel model, Calibration calibration, ModelSettings settings, References references, Challenger challenger,
            FeatureEncoder encoder) {}

    /**
     * The result, as {@code evaluate} prints it.
     *
     * @param model metrics of the model
     * @param live the same with live calibration, each order by what was known of earlier ones on its day
     * @param references metrics of each reference
     * @param atEqualLateRate the model's average promised days where it is as often late as each reference; without those that are more rarely
     *     late than the model is at any confidence
     * @param shareOfTruthsShortening where the truth of all orders is known: by how many days the model is shorter than the table where it is as often
     *     late, as a share of what the truth itself would be shorter
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Result(@JsonUnwrapped Metrics model, Metrics live, Map<String, Metrics> references, Map<String, Double> atEqualLateRate,
            @Nullable Double shareOfTruthsShortening) {}

    /**
     * All that the report shows.
     *
     * @param lanes metrics by lane group
     * @param liveLanes the same with live calibration
     * @param months metrics by month of the forecast
     * @param reliability share that had arrived at the forecast probabilities 0, 0.05 … 1
     * @param dial by forecaster: late rates and average promised days at rising confidences
     */
    @SuppressWarnings("ArrayRecordComponent") // written, never compared
    public record Everything(@JsonUnwrapped Result result, Map<String, Metrics> lanes,
            Map<String, Metrics> liveLanes, Map<String, Metrics> months, double[] reliability,
            Map<String, Curves> dial) {}

    public Evaluation(Parts parts, Truths truths) {
        this.parts = parts;
        this.truths = truths;
    }

    /**
     * Adds delivered orders.
     *
     * @param delivered none of them earlier than those that were added before
     * @param rows their features
     */
    public void add(List<Prepared> delivered, double[][] rows) {
        Support support = parts.settings().support();
        CandidateDays days = parts.settings().candidateDays();
        Forest.Scratch scratch = parts.model().scratch();
        double[] cumulative = new double[support.days()];
        int[] byInstant = IntStream.range(0, delivered.size()).boxed()
                .sorted(Comparator.comparing(i -> delivered.get(i).order().instant())).mapToInt(Integer::intValue).toArray();
        for (int i : byInstant) {
            Prepared each = delivered.get(i);
            OrderFacts facts = each.order().facts();
            days.set(each.clock(), each.delivers());
            Outcome outcome = new Outcome(each, parts.encoder(), support, parts.settings().timeOfDay());
            double[] truth = truths.of(each, support);
            parts.model().cumulative(rows[i], days, scratch, cumulative);
            Calibration.apply(parts.calibration().of(facts.lane().laneKey(), facts.lane().regionKey()), cumulative);
            score(MODEL).add(cumulative, outcome, null, truth);
            if (each.order().promisedAt() != null) {
                whereThereIsAPromise.add(cumulative, outcome, null, truth);
            }
            lanes.computeIfAbsent(laneGroup(facts.lane()), _ -> new Score()).add(cumulative, outcome, null, truth);
            months.computeIfAbsent(each.order().instant().toString().substring(0, 7), _ -> new Score()).add(cumulative, outcome, null,
                    truth);
            Arrival arrival = Arrival.of(cumulative, each.offset() - support.first());
            for (int level = 0; level < reliability.length; level++) {
                reliability[level] += arrival.shareBelow((double) level / (reliability.length - 1));
            }
            liveTest.correct(each, parts.calibration().group(facts.lane().laneKey(), facts.lane().regionKey()), arrival, cumulative,
                    each.clock().anchorDay() + support.first());
            live.add(cumulative, outcome, null, truth);
            liveLanes.computeIfAbsent(laneGroup(facts.lane()), _ -> new Score()).add(cumulative, outcome, null, truth);
            references(each, rows[i], days, outcome, truth, cumulative);
        }
    }

    private void references(Prepared each, double[] row, CandidateDays days, Outcome outcome, double @Nullable [] truth,
            double[] cumulative) {
        Support support = parts.settings().support();
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
            score(PROMISED).addPromise(offset, promised, cumulative, outcome, truth);
            if (parts.references().promise() != null) {
                double[] quantiles = new double[Score.LEVELS.length];
                parts.references().promisePlusConstant(offset, promised, support, cumulative, quantiles);
                score(PROMISED_PLUS_CONSTANT).add(cumulative, outcome, quantiles, truth);
            }
        }
        parts.references().calendar(each, days, support, cumulative);
        score("calendar").add(cumulative, outcome, null, truth);
        parts.references().group(each, support, cumulative);
        score("group").add(cumulative, outcome, null, truth);
        parts.challenger().cumulative(row, days, cumulative);
        score("challenger").add(cumulative, outcome, null, truth);
    }

    /** What lanes are grouped by in reports. */
    static String laneGroup(OrderFacts.Lane lane) {
        return (lane.originId() == null ? lane.originCountry() : lane.originId()) + " → " + lane.destinationRegion();
    }

    private Score score(String name) {
        return scores.computeIfAbsent(name, _ -> new Score());
    }

    /** The model's score on the orders that a reference knows: not every order need have a promise. */
    Score beside(String reference) {
        return reference.equals(PROMISED) || reference.equals(PROMISED_PLUS_CONSTANT) ? whereThereIsAPromise : score(MODEL);
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

    /** Share of the orders that had arrived at the forecast probabilities 0, 0.05 … 1, randomised at the day it falls on. */
    public double[] reliability() {
        double[] shares = reliability.clone();
        for (int i = 0; i < shares.length; i++) {
            shares[i] /= score(MODEL).rows();
        }
        return shares;
    }

    /** The result. */
    public Result result() {
        Map<String, Metrics> references = new LinkedHashMap<>();
        Map<String, Double> equal = new LinkedHashMap<>();
        scores.forEach((name, score) -> {
            if (!name.equals(MODEL)) {
                Metrics metrics = score.metrics();
                references.put(name, metrics);
                double days = beside(name).daysAtLateRate(metrics.lateRate());
                if (!Double.isNaN(days)) {
                    equal.put(name, days);
                }
            }
        });
        return new Result(score(MODEL).metrics(), live.metrics(), references, equal, shareOfTruthsShortening());
    }

    private @Nullable Double shareOfTruthsShortening() {
        Score truth = scores.get("truth");
        Score table = scores.get("calendar");
        if (truth == null || table == null || truth.rows() != table.rows()) {
            return null;
        }
        double rate = table.metrics().lateRate();
        double days = table.metrics().averagePromisedDays();
        double share = (days - score(MODEL).daysAtLateRate(rate)) / (days - truth.daysAtLateRate(rate));
        return days <= truth.daysAtLateRate(rate) || Double.isNaN(share) ? null : (Double) share;
    }

    /** The result with every slice and curve. */
    public Everything everything() {
        Map<String, Curves> dial = new LinkedHashMap<>();
        scores.forEach((name, score) -> dial.put(name, Curves.of(score)));
        return new Everything(result(), metrics(lanes), metrics(liveLanes), metrics(months), reliability(), dial);
    }

    private static Map<String, Metrics> metrics(Map<String, Score> scores) {
        Map<String, Metrics> metrics = new TreeMap<>();
        scores.forEach((name, score) -> metrics.put(name, score.metrics()));
        return metrics;
    }
}
