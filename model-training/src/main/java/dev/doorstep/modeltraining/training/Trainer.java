package dev.doorstep.modeltraining.training;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.bundle.HistoryFile;
import dev.doorstep.forecasting.bundle.Manifest;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.modeltraining.evaluation.Challenger;
import dev.doorstep.modeltraining.evaluation.Evaluation;
import dev.doorstep.modeltraining.evaluation.References;
import dev.doorstep.modeltraining.evaluation.Truths;
import dev.doorstep.modeltraining.orders.Arrival;
import dev.doorstep.modeltraining.orders.Prepared;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Trains a model on orders: forests at rolling origins whose forecasts calibrate, one of them tested forward on orders that it could not
 * know, and one of all that is known for the bundle. Not thread-safe.
 */
public final class Trainer {
    private static final int LEAST_CALIBRATED = 100;
    private static final double CALIBRATION_HALF_LIFE_DAYS = 45;
    private static final int SEARCHED_ORDERS = 20_000;
    /** Of the orders before the first origin, the share that the earlier search knows. */
    private static final double EARLIER = 0.75;
    private static final int CHALLENGER_ROUNDS = 60;

    private final Input input;
    private final Progress progress;
    private final Setup setup;
    private final List<Instant> origins;
    private final ModelSchema schema;
    private final FeatureEncoder encoder;
    private final double[][] rows;
    private final HazardTrainer hazards;
    private final IdentityHashMap<Prepared, Integer> index = new IdentityHashMap<>();

    /**
     * Makes the features.
     *
     * @param origins rolling origins, the last one being the forward test's cut-off
     * @throws DoorstepException {@code INVALID_REQUEST} when there is too little to learn from
     */
    public Trainer(Input input, List<Instant> origins, Progress progress) {
        this.input = input;
        this.progress = progress;
        this.origins = List.copyOf(origins);
        progress.next("making features of " + input.file().orders().size() + " orders", 0.06);
        this.setup = Setup.of(input.file(), input.mapping(), origins.getFirst(), input.places(), new Calendars(), input.policy());
        for (int i = 0; i < setup.orders().size(); i++) {
            index.put(setup.orders().get(i), i);
        }
        GivenModel given = input.given();
        if (given == null) {
            double[][] all = FeatureRows.forTraining(setup.orders(), setup.full(), setup.settings().oldestHistoryDays(), input.seed());
            this.schema = Features.varying(setup.whole(), all, setup.fewEntities(), setup.severalYears());
            this.encoder = setup.encoder(schema);
            this.rows = Features.columns(all, setup.whole(), schema);
        } else {
            this.schema = given.schema(setup.whole());
            this.encoder = setup.encoder(schema);
            this.rows = FeatureRows.forTraining(setup.orders(), encoder, setup.settings().oldestHistoryDays(), input.seed());
        }
        this.hazards = new HazardTrainer(schema, setup.settings(), input.seed(), input.threads());
    }

    /**
     * What a forward test gave.
     *
     * @param forests that were tested
     * @param transforms where outcomes fell in their forecasts, of all cohorts
     */
    private record Tested(Forests forests, List<Transform> transforms, Evaluation evaluation) {}

    /**
     * Tests forward: forests that knew only what was known at their origin, the last of them on orders that it could not know.
     *
     * @param until orders up to then are tested
     */
    public Evaluation test(Instant until) {
        return test(until, Truths.none()).evaluation();
    }

    private Tested test(Instant end, Truths truths) {
        Forests forests = forests();
        progress.next("chose " + forests, 0);
        List<Transform> transforms = new ArrayList<>();
        Evaluation evaluation = null;
        for (int i = 0; i < origins.size(); i++) {
            Instant from = origins.get(i);
            Instant until = i + 1 < origins.size() ? origins.get(i + 1) : end;
            progress.next("a forest of what was known at " + from, 0.14);
            HazardModel model = model(forests.knowing(from));
            List<Prepared> cohort = setup.between(from, until);
            double[][] scored = Prepared.rows(cohort, encoder, setup.history(from));
            if (i + 1 == origins.size()) {
                evaluation = forwardTest(from, model, calibration(transforms, from), cohort, scored, truths);
            }
            transforms.addAll(transforms(model, cohort, scored));
        }
        return new Tested(forests, transforms, Objects.requireNonNull(evaluation));
    }

    /**
     * Trains, tests and writes the bundle.
     *
     * @param folder of the bundle
     */
    public Trained train(Path folder, Truths truths) throws IOException {
        Instant end = input.file().until().plusMillis(1);
        Tested tested = test(end, truths);
        progress.next("a forest of everything", 0.2);
        Instant known = input.file().until();
        String model = tested.forests().knowing(end);
        List<Prepared> delivered = delivered(known);
        Map<String, byte[]> files = new TreeMap<>();
        files.put(Bundle.MODEL, model.getBytes(StandardCharsets.UTF_8));
        files.put(Bundle.SETTINGS, Bundle.toJson(setup.settings()));
        files.put(Bundle.SCHEMA, Bundle.toJson(schema));
        files.put(Bundle.CALIBRATION, Bundle.toJson(calibration(tested.transforms(), end)));
        files.put(Bundle.HISTORY, HistoryFile.write(setup.history(known)));
        files.put(References.FILE, Bundle.toJson(References.fit(delivered, setup.settings().support())));
        files.put(DriftReference.FILE,
                Bundle.toJson(DriftReferences.of(rows, setup.orders().stream().map(each -> each.order().instant()).toList(), schema)));
        files.put("metrics.json", Bundle.toJson(tested.evaluation().everything()));
        progress.next("quantile forests of everything", 0.1);
        List<String> challengers = challengers(delivered);
        progress.next("writing bundle and report", 0.12);
        for (int i = 0; i < challengers.size(); i++) {
            files.put(Challenger.file(i), challengers.get(i).getBytes(StandardCharsets.UTF_8));
        }
        Manifest manifest = Bundle.write(folder,
                new Manifest(Manifest.FORMAT, input.name(), input.version(), Manifest.HAZARD, known, training(tested.forests()), Map.of(),
                        ""),
                files);
        return new Trained(manifest, tested.evaluation(), tested.forests().test(origins.getLast()));
    }

    /** The features of all orders as training saw them, with their schema. */
    public double[][] rows() {
        return rows;
    }

    public ModelSchema schema() {
        return schema;
    }

    public Setup setup() {
        return setup;
    }

    /**
     * A fixed budget: each candidate is grown once for each of two stretches of time, on a part of the orders before it, and checked in it:
     * what suits one stretch need not suit another.
     */
    private HazardParameters search() {
        Instant from = origins.get(0);
        double span = HistoryBuilder.days(setup.orders().getFirst().order().instant(), from);
        List<HazardParameters> candidates = List.of(new HazardParameters(160, 15, 20, 0.08, Double.POSITIVE_INFINITY),
                new HazardParameters(160, 31, 20, 0.08, Double.POSITIVE_INFINITY), new HazardParameters(160, 15, 20, 0.08, span / 2),
                new HazardParameters(220, 7, 40, 0.08, Double.POSITIVE_INFINITY));
        List<Prepared> before = setup.before(from);
        Instant earlier = before.get((int) (EARLIER * before.size())).order().instant();
        double[][] second = losses(candidates, from, origins.get(1));
        double[][] first = losses(candidates, earlier, from);
        first = first.length == 0 ? second : first;
        HazardParameters best = candidates.getFirst();
        double least = Double.POSITIVE_INFINITY;
        // The whole has more orders than the part that was searched on, so it bears more trees.
        double more = before.size() < SEARCHED_ORDERS ? 1 : 1.2;
        for (int i = 0; i < first.length; i++) {
            for (int round = 0; round < Math.min(first[i].length, second[i].length); round++) {
                double loss = first[i][round] + second[i][round];
                if (loss < least) {
                    least = loss;
                    best = candidates.get(i).withRounds(Math.max(20, (int) ((round + 1) * more)));
                }
            }
        }
        return best;
    }

    /**
     * The losses of each candidate after each of its rounds, grown on what was known at an instant and checked up to another; none where
     * that teaches or checks nothing, since all orders came on its last day.
     */
    private double[][] losses(List<HazardParameters> candidates, Instant from, Instant until) {
        List<Prepared> train = thinned(setup.before(from), SEARCHED_ORDERS);
        List<Prepared> check = thinned(setup.between(from, until), SEARCHED_ORDERS / 2);
        Booster.Data checked = hazards.data(check, Prepared.rows(check, encoder, setup.history(from)), until, Double.POSITIVE_INFINITY);
        Booster.Data all = hazards.data(train, rowsOf(train), from, Double.POSITIVE_INFINITY);
        if (all.rows() == 0 || checked.rows() == 0) {
            return new double[0][];
        }
        Map<Double, Booster.Data> trained = new HashMap<>(Map.of(Double.POSITIVE_INFINITY, all));
        return candidates.stream().map(candidate -> {
            progress.next("trying " + candidate.leaves() + " leaves a tree"
                    + (Double.isInfinite(candidate.halfLifeDays()) ? "" : ", older orders weighing less"), 0.02);
            return hazards.grow(
                    trained.computeIfAbsent(candidate.halfLifeDays(), halfLife -> hazards.data(train, rowsOf(train), from, halfLife)),
                    train.size(), candidate, checked).losses();
        }).toArray(double[][]::new);
    }

    private static List<Prepared> thinned(List<Prepared> orders, int most) {
        if (orders.size() <= most) {
            return orders;
        }
        List<Prepared> kept = new ArrayList<>();
        for (int i = 0; i < most; i++) {
            kept.add(orders.get((int) ((long) i * orders.size() / most)));
        }
        return kept;
    }

    private double[] row(Prepared order) {
        return rows[Objects.requireNonNull(index.get(order))];
    }

    private double[][] rowsOf(List<Prepared> orders) {
        return orders.stream().map(this::row).toArray(double[][]::new);
    }

    private Booster.Grown grow(Instant known, HazardParameters parameters) {
        List<Prepared> orders = setup.before(known);
        return hazards.grow(hazards.data(orders, rowsOf(orders), known, parameters.halfLifeDays()), orders.size(), parameters, null);
    }

    /** Forests by what they know, written as LightGBM does. */
    private interface Forests {
        String knowing(Instant known);

        /** What a forward test from an instant on says. */
        String test(Instant cutoff);
    }

    /** Grown here by the parameters that were found best. */
    private record Grower(Trainer trainer, HazardParameters parameters) implements Forests {
        @Override
        public String knowing(Instant known) {
            return trainer.grow(known, parameters).model();
        }

        @Override
        public String test(Instant cutoff) {
            return "a model that knew what was known at " + cutoff + ", on orders after it that had time to arrive";
        }

        @Override
        public String toString() {
            return parameters.toString();
        }
    }

    /** The same whatever is known: its orders are for calibrating and testing alone. */
    private record Given(String model) implements Forests {
        @Override
        public String knowing(Instant known) {
            return model;
        }

        @Override
        public String test(Instant cutoff) {
            return "the forest as given, calibrated on what was known at " + cutoff
                    + ", on orders after it; it says nothing where the forest was grown on these orders";
        }

        @Override
        public String toString() {
            return "the forest that was given";
        }
    }

    private Forests forests() {
        GivenModel given = input.given();
        return given == null ? new Grower(this, search()) : new Given(given.text());
    }

    private HazardModel model(String text) {
        return new HazardModel(Forest.read(text), setup.settings().support());
    }

    private List<Prepared> delivered(Instant known) {
        return setup.before(known.plusMillis(1)).stream().filter(each -> each.order().deliveredBy(known)).toList();
    }

    /** An outcome and where it fell in its forecast. */
    private record Transform(Prepared order, Arrival arrival) {}

    private List<Transform> transforms(HazardModel model, List<Prepared> cohort, double[][] scored) {
        CandidateDays days = setup.settings().candidateDays();
        Forest.Scratch scratch = model.scratch();
        double[] cumulative = new double[setup.settings().support().days()];
        List<Transform> transforms = new ArrayList<>();
        for (int i = 0; i < cohort.size(); i++) {
            Prepared each = cohort.get(i);
            if (each.order().deliveredAt() != null) {
                days.set(each.clock(), each.delivers());
                model.cumulative(scored[i], days, scratch, cumulative);
                transforms.add(new Transform(each, Arrival.of(cumulative, each.offset() - setup.settings().support().first())));
            }
        }
        return transforms;
    }

    /** Only orders that are older than the horizon calibrate: of younger ones the slow have not arrived. */
    private Calibration calibration(List<Transform> transforms, Instant known) {
        Instant mature = known.minus(Duration.ofDays(setup.horizonDays()));
        Calibrator calibrator = new Calibrator();
        double halfLife = Math.max(CALIBRATION_HALF_LIFE_DAYS, HistoryBuilder.days(origins.getFirst(), known) / 2);
        for (Transform each : transforms) {
            OrderFacts facts = each.order().order().facts();
            if (!each.order().order().instant().isAfter(mature) && each.order().order().deliveredBy(known)) {
                double weight = StrictMath.pow(0.5,
                        HistoryBuilder.days(each.order().order().instant(), known) / halfLife);
                calibrator.add(new Calibrator.Outcome(facts.lane().laneKey(), facts.lane().regionKey(), facts.lane().originId(),
                        encoder.dayOf(each.order().order().instant()),
                        each.arrival(), weight));
            }
        }
        if (calibrator.count() < LEAST_CALIBRATED) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: calibration needs at least " + LEAST_CALIBRATED
                    + " delivered orders whose outcome had time to come before " + known + ", and " + calibrator.count() + " are there");
        }
        return calibrator.calibration(encoder.dayOf(known));
    }

    private Evaluation forwardTest(Instant from, HazardModel model, Calibration calibration, List<Prepared> cohort, double[][] scored,
            Truths truths) {
        progress.next("testing on the orders after " + from, 0.08);
        List<Prepared> known = delivered(from);
        Evaluation evaluation = new Evaluation(
                new Evaluation.Parts(model, calibration, setup.settings(), References.fit(known, setup.settings().support()),
                        new Challenger(challengers(known), setup.settings().support()), encoder),
                truths);
        Instant mature = input.file().until().minus(Duration.ofDays(setup.horizonDays()));
        List<Prepared> delivered = new ArrayList<>();
        List<double[]> deliveredRows = new ArrayList<>();
        for (int i = 0; i < cohort.size(); i++) {
            // Of orders younger than the horizon only the fast ones have arrived.
            if (cohort.get(i).order().deliveredAt() != null && !cohort.get(i).order().instant().isAfter(mature)) {
                delivered.add(cohort.get(i));
                deliveredRows.add(scored[i]);
            }
        }
        if (delivered.isEmpty()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders",
                    "orders: none of the " + cohort.size() + " orders after " + from + " has arrived, so that nothing can be tested");
        }
        evaluation.add(delivered, deliveredRows.toArray(double[][]::new));
        return evaluation;
    }

    private List<String> challengers(List<Prepared> delivered) {
        boolean daily = setup.settings().support().daily();
        int width = schema.names().size();
        double[] values = new double[delivered.size() * width];
        float[] labels = new float[delivered.size()];
        for (int i = 0; i < labels.length; i++) {
            Prepared each = delivered.get(i);
            System.arraycopy(row(each), 0, values, i * width, width);
            double time = (double) Math.floorMod(each.order().row() * 7919L, 997) / 997;
            labels[i] = (float) ((daily ? each.openDays() : each.offset()) + time);
        }
        Booster.Data data = new Booster.Data(schema, values, labels, null);
        List<String> models = new ArrayList<>();
        for (double level : Challenger.levels()) {
            models.add(Booster.grow(data, "objective=quantile alpha=" + level + " verbosity=-1 deterministic=true force_row_wise=true"
                    + " num_threads=" + input.threads() + " seed=" + input.seed()
                    + " num_leaves=15 min_data_in_leaf=50 learning_rate=0.1 feature_fraction=0.6 ", CHALLENGER_ROUNDS, null).model());
        }
        return models;
    }

    private Map<String, String> training(Forests forests) {
        Map<String, String> training = new HashMap<>(input.sources());
        training.put("parameters", forests.toString());
        training.put("seed", Long.toString(input.seed()));
        training.put("threads", Integer.toString(input.threads()));
        training.put("platform", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        training.put("orders", Integer.toString(setup.orders().size()));
        training.put("unusedRows", Integer.toString(input.file().unused().size()));
        return training;
    }
}
