package dev.doorstep.benchmarks;

import com.microsoft.ml.lightgbm.PredictionType;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.DayColumns;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.Lanes;
import dev.doorstep.forecasting.model.OrderFacts;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The whole calibrated distribution of one order by the bundle that ships, beside the raw scores alone of the same rows by LightGBM itself,
 * on one thread each. The order's features are made beforehand, but for {@link #order}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup first
public class ForecastBenchmark {
    private HazardModel model;
    private LearnedForecaster forecaster;
    private ForecastInput input;
    private double[] row;
    private CandidateDays days;
    private Forest.Scratch scratch;
    private double[] cumulative;
    private double[] correction;
    /** A row for each day that is scored. */
    private double[] rows;
    private int rowCount;
    private String modelText;

    /** Prepares an order. */
    @Setup
    public void prepare() {
        Shipped shipped = Shipped.load();
        Bundle bundle = shipped.bundle();
        Places places = shipped.places();
        forecaster = shipped.forecaster();
        Instant ordered = bundle.manifest().knownUntil().plusSeconds(86_400);
        input = new ForecastInput(ordered, "main", places.find("US", "94110"), "94110", "standard",
                List.of(new ForecastInput.Product("SKU-1001", "standard", 1, 3L, 0L, false)));
        OrderFacts.Lane lane = new Lanes(places).between("main", places.find("US", "60638"), places.find("US", "94110"), "94110", "parcel",
                "standard");
        OrderFacts facts = new OrderFacts(ordered, ordered, Double.NaN, lane, new OrderFacts.Goods("SKU-1001", "standard", 1, Double.NaN),
                Map.of(OrderFacts.SKU_VIEWS, 3.0, OrderFacts.SKU_CART_ADDS, 0.0), Map.of(), Map.of());
        FeatureEncoder encoder = new FeatureEncoder(bundle.schema(), bundle.settings().zone(),
                new Clocks(bundle.settings().clocks().with(shipped.policy()), places, shipped.calendars()),
                bundle.settings().oldestHistoryDays());
        FeatureEncoder.Clock clock = encoder.clock(facts);
        model = bundle.model();
        row = encoder.row(facts, clock, bundle.history());
        days = bundle.settings().candidateDays();
        days.set(clock, encoder.clocks().delivers(lane));
        scratch = model.scratch();
        cumulative = new double[bundle.settings().support().days()];
        correction = bundle.calibration().of(lane.laneKey(), lane.regionKey());
        rows = rows(bundle.schema().names());
        rowCount = rows.length / row.length;
        modelText = bundle.text(Bundle.MODEL);
    }

    private double[] rows(List<String> names) {
        DayColumns columns = new DayColumns(names);
        int[] bins = IntStream.range(0, days.lastOpen()).filter(days::isOpen).toArray();
        double[] all = new double[bins.length * row.length];
        for (int i = 0; i < bins.length; i++) {
            System.arraycopy(row, 0, all, i * row.length, row.length);
            columns.fill(days, bins[i], all, i * row.length);
        }
        return all;
    }

    /** LightGBM, on the order's rows. */
    @State(Scope.Thread)
    public static class Native {
        private LGBMBooster booster;

        /** Loads the model. */
        @Setup
        public void load(ForecastBenchmark order) throws LGBMException {
            booster = LGBMBooster.loadModelFromString(order.modelText);
        }

        /** Frees what is not on the heap. */
        @TearDown
        public void close() throws LGBMException {
            booster.close();
        }
    }

    /** Ours: hazards of all days, the distribution and its calibration. */
    @Benchmark
    public double doorstep() {
        model.cumulative(row, days, scratch, cumulative);
        Calibration.apply(correction, cumulative);
        return cumulative[0];
    }

    /** Ours from the order's facts on: features, distribution, calibration, and the carrier's table for what the answer tells beside it. */
    @Benchmark
    public Forecast order() {
        return forecaster.forecast(input);
    }

    /** LightGBM's raw scores of the same days. */
    @Benchmark
    public double[] lightGbm(Native lightGbm) throws LGBMException {
        return lightGbm.booster.predictForMat(rows, rowCount, row.length, true, PredictionType.C_API_PREDICT_RAW_SCORE, "num_threads=1");
    }
}
