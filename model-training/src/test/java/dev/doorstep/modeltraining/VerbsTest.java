package dev.doorstep.modeltraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.model.Calibration;
import dev.doorstep.forecasting.model.Clocks;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.modeltraining.orders.MappingReader;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.OrdersFile;
import io.github.metarank.lightgbm4j.LGBMBooster;
import io.github.metarank.lightgbm4j.LGBMDataset;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs as a user calls them, on a small synthetic store. */
class VerbsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    static Path folder;

    private static Path world;
    private static Path bundle;
    private static String said;

    @BeforeAll
    @Timeout(120)
    static void train() {
        world = folder.resolve("world");
        bundle = folder.resolve("bundle");
        assertThat(run("generate", "--orders", "8000", "--seed", "5", "--out", world.toString()).status()).isZero();
        Run trained = run("train", "--orders", world.resolve("orders.csv").toString(), "--mapping",
                world.resolve("mapping.yaml").toString(),
                "--policy", "default", "--truth", world.resolve("truth.csv").toString(), "--out", bundle.toString(), "--features-out",
                folder.resolve("features.parquet").toString());
        assertThat(trained.status()).as(trained.err()).isZero();
        said = trained.out();
    }

    @Test
    void train_saysLateRateAndDaysTheirsAgainstOurs() {
        assertThat(said.strip().lines().toList().getLast()).startsWith("The file's own promises were late for ")
                .contains("at the same late rate this model promises");
    }

    @Test
    void report_hasAllPicturesAndNothingFromElsewhere_andMetricsTheSame() throws Exception {
        String report = Files.readString(bundle.resolve("report.html"));
        assertThat(report).contains("Side by side", "Lateness against days", "Reliability", "Ranked probability score",
                "Pinball loss at 0.9",
                "Over time and by lane", "What moves the dates", "own promise", "its promise plus a constant",
                "carrier and calendar table", "empirical quantile by lane", "quantile forests", "calibrated live", "±1 day",
                "2+ days early");
        assertThat(report.split("<svg", -1)).hasSizeGreaterThan(6);
        assertThat(report).doesNotContain("http://", "https://", "src=", "@import", "url(", "<script", "NaN");
        assertThat(Files.readString(bundle.resolve("unused-rows.csv"))).startsWith("row,order_id,reason,field,value");
        JsonNode metrics = JSON.readTree(Files.readString(bundle.resolve("metrics.json")));
        assertThat(metrics.path("reliability")).hasSize(21);
        for (String slices : List.of("lanes", "liveLanes", "months", "dial", "references")) {
            assertThat(metrics.path(slices).isEmpty()).as(slices).isFalse();
        }
        assertThat(metrics.path("lanes").valueStream().mapToInt(lane -> lane.path("rows").asInt()).sum())
                .isEqualTo(metrics.path("rows").asInt());
    }

    @Test
    void generatedWorld_isHard_theTableIsFarFromTheTruth() throws Exception {
        JsonNode references = JSON.readTree(Files.readString(bundle.resolve("metrics.json"))).path("references");
        assertThat(references.path("calendar").path("rpsByTruth").asDouble())
                .isGreaterThan(1.25 * references.path("truth").path("rpsByTruth").asDouble());
    }

    @Test
    void train_forwardTest_isBetterThanWhatItIsMeasuredAgainst() throws Exception {
        JsonNode metrics = JSON.readTree(Files.readString(bundle.resolve("metrics.json")));
        double model = metrics.path("rps").asDouble();
        for (String reference : List.of("promised", "promisedPlusConstant", "calendar", "group")) {
            assertThat(metrics.path("references").path(reference).path("rps").asDouble()).as(reference).isGreaterThan(model);
        }
        // No forecast beats the truth in expectation; the model comes closer to it than the table does.
        double truth = metrics.path("references").path("truth").path("rpsByTruth").asDouble();
        assertThat(metrics.path("rpsByTruth").asDouble()).isBetween(truth, 1.25 * truth)
                .isLessThan(metrics.path("references").path("calendar").path("rpsByTruth").asDouble());
        assertThat(metrics.path("coverageByTruth").path("0.9").asDouble()).isBetween(0.85, 0.95);
    }

    @Test
    void train_sameSeedAndInput_givesTheSameBundle() {
        Path again = folder.resolve("again");
        run("train", "--orders", world.resolve("orders.csv").toString(), "--mapping", world.resolve("mapping.yaml").toString(), "--policy",
                "default", "--out", again.toString());
        // The truth is in the metrics of the first one and nowhere else.
        assertThat(Bundle.read(again).manifest().files()).allSatisfy((name, digest) -> {
            if (!name.equals("metrics.json")) {
                assertThat(Bundle.read(bundle).manifest().files()).containsEntry(name, digest);
            }
        });
    }

    @Test
    void evaluate_givesTheDocumentedShape() throws Exception {
        JsonNode json = evaluated(world.resolve("orders.csv"));
        long delivered = Files.readAllLines(world.resolve("orders.csv")).stream().filter(line -> line.contains(",delivered,")).count();
        assertThat(json.path("rows").asLong()).isEqualTo(delivered);
        for (String field : List.of("coverage", "pinball")) {
            assertThat(json.path(field).propertyNames()).as(field).containsExactlyInAnyOrder("0.5", "0.8", "0.9", "0.95");
        }
        assertThat(json.path("references").propertyNames()).containsExactlyInAnyOrder("promised", "promisedPlusConstant", "calendar",
                "group",
                "challenger");
        assertThat(json.path("atEqualLateRate").propertyNames())
                .containsExactlyInAnyOrderElementsOf(json.path("references").propertyNames());
        for (String field : List.of("rps", "lateRate", "averagePromisedDays", "exactHit", "withinOneDay")) {
            assertThat(json.path(field).isNumber()).as(field).isTrue();
            assertThat(json.path("live").path(field).isNumber()).as(field).isTrue();
            assertThat(json.path("references").path("calendar").path(field).isNumber()).as(field).isTrue();
        }
    }

    /** The model may not be held against promises on orders that have none. */
    @Test
    void evaluate_promisesOfSomeOrders_areComparedOnThose() throws Exception {
        List<String> lines = Files.readAllLines(world.resolve("orders.csv"));
        List<String> columns = List.of(lines.getFirst().split(",", -1));
        StringBuilder some = new StringBuilder(lines.getFirst()).append('\n');
        StringBuilder those = new StringBuilder(lines.getFirst()).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            // The slow services alone say when the parcel will come.
            if (cells[columns.indexOf("service")].equals("standard")) {
                those.append(line).append('\n');
            } else {
                cells[columns.indexOf("promised_at")] = "";
            }
            some.append(String.join(",", cells)).append('\n');
        }
        JsonNode all = evaluated(Files.writeString(folder.resolve("some.csv"), some));
        JsonNode alone = evaluated(Files.writeString(folder.resolve("those.csv"), those));
        assertThat(all.path("rows").asLong()).isGreaterThan(alone.path("rows").asLong());
        for (String reference : List.of("promised", "promisedPlusConstant")) {
            assertThat(all.path("references").path(reference)).isEqualTo(alone.path("references").path(reference));
            assertThat(all.path("atEqualLateRate").path(reference)).as(reference).isEqualTo(alone.path("atEqualLateRate").path(reference));
        }
    }

    private static JsonNode evaluated(Path orders) {
        Run evaluated = run("evaluate", "--bundle", bundle.toString(), "--orders", orders.toString(), "--mapping",
                world.resolve("mapping.yaml").toString(), "--json");
        assertThat(evaluated.status()).as(evaluated.err()).isZero();
        return JSON.readTree(evaluated.out());
    }

    @Test
    void featuresOut_hazardsOfItsRows_giveTheForecasts() throws Exception {
        Bundle read = Bundle.read(bundle);
        var forest = dev.doorstep.forecasting.forest.Forest.read(Files.readString(bundle.resolve("model.txt")));
        var plan = forest.plan();
        var scratch = forest.scratch();
        int rows = 0;
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet result = statement
                        .executeQuery("SELECT * FROM '" + folder.resolve("features.parquet") + "' ORDER BY row, from_day LIMIT 5000")) {
            int order = -1;
            double survival = 1;
            List<Double> expected = new ArrayList<>();
            List<Double> found = new ArrayList<>();
            while (result.next()) {
                if (result.getInt("row") != order) {
                    survival = 1;
                    order = result.getInt("row");
                }
                double[] row = new double[read.schema().names().size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getDouble(read.schema().names().get(i));
                    row[i] = result.wasNull() ? Double.NaN : row[i];
                }
                plan.fix(row, scratch);
                survival *= 1 - 1 / (1 + StrictMath.exp(-plan.score(row, scratch)));
                if (result.getDouble("forecast") != 1) {
                    expected.add(1 - survival);
                    found.add(result.getDouble("forecast"));
                }
                rows++;
            }
            assertThat(found).isEqualTo(expected);
        }
        assertThat(rows).isEqualTo(5000);
    }

    @Test
    void featuresOut_lightGbmInPython_makesTheForecastsAgain() throws Exception {
        assumeThat(python("-c", "import lightgbm, duckdb").status()).as("python3 with lightgbm and duckdb").isZero();
        Path features = folder.resolve("features.parquet");
        Run again = python("examples/reproduce.py", bundle.toString(), features.toString());
        assertThat(again.status()).as(again.err()).isZero();
        JsonNode told = JSON.readTree(again.out());
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery("SELECT count(*), count(DISTINCT row) FROM '" + features + "'")) {
            assertThat(result.next()).isTrue();
            assertThat(told.path("rows").asLong()).isEqualTo(result.getLong(1)).isGreaterThan(50_000);
            assertThat(told.path("orders").asLong()).isEqualTo(result.getLong(2)).isGreaterThan(7_000);
        }
        // Raw scores are equal to the last bit; e to the power of them may differ in it.
        assertThat(told.path("largestDifference").asDouble(1)).isLessThan(1e-13);
    }

    private static Run python(String... arguments) throws Exception {
        Process process;
        try {
            process = new ProcessBuilder(Stream.concat(Stream.of("python3"), Stream.of(arguments)).toList())
                    .redirectError(folder.resolve("python.err").toFile()).start();
        } catch (IOException e) {
            return new Run(127, "", e.toString());
        }
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, Files.readString(folder.resolve("python.err")));
    }

    @Test
    void backtest_poolsTheTestsOfAllCutoffs_andSaysHowSureDifferencesAre() throws Exception {
        Path small = folder.resolve("small");
        assertThat(run("generate", "--orders", "4000", "--seed", "5", "--out", small.toString()).status()).isZero();
        String[] arguments = {"backtest", "--orders", small.resolve("orders.csv").toString(), "--mapping",
                small.resolve("mapping.yaml").toString(), "--cutoffs", "2"};
        Run backtest = run(arguments);
        assertThat(backtest.status()).as(backtest.err()).isZero();
        JsonNode json = JSON.readTree(backtest.out());
        // The last two thirds of the orders are tested, but for those so young that only fast ones can have arrived.
        long delivered = Files.readAllLines(small.resolve("orders.csv")).stream().skip(1 + 4_000 / 3)
                .filter(line -> line.contains(",delivered,")).count();
        assertThat(json.path("rows").asLong()).isBetween(delivered * 8 / 10, delivered - 1);
        assertThat(json.path("pinball").propertyNames()).contains("model", "promised", "promisedPlusConstant", "calendar", "group",
                "challenger");
        json.path("differences").properties().forEach(each -> {
            JsonNode difference = each.getValue();
            assertThat(difference.path("value").asDouble()).as(each.getKey())
                    .isCloseTo(json.path("pinball").path("model").asDouble() - json.path("pinball").path(each.getKey()).asDouble(),
                            within(1e-9));
            assertThat(difference.path("from").asDouble()).isLessThan(difference.path("to").asDouble());
        });
        assertThat(json.path("differences").path("calendar").path("to").asDouble()).as("the table is beyond chance").isNegative();
        arguments[arguments.length - 1] = "25";
        assertThat(run(arguments).err()).contains("--cutoffs must lie between 1 and 24: 25");
    }

    /** The same order, once as training and evaluate see it and once as serving does: the same distribution to the last bit. */
    @Test
    void servedForecast_isTheEvaluatedOne() {
        Bundle read = Bundle.read(bundle);
        Places places = Places.load();
        LoadedPolicy policy = new PolicyReader(places).readDefault();
        Calendars calendars = new Calendars();
        var forecaster = new LearnedForecaster(read, policy.policy(), places, calendars,
                new CarrierTableForecaster(policy, places, calendars));
        FeatureEncoder encoder = new FeatureEncoder(read.schema(), read.settings().zone(),
                new Clocks(read.settings().clocks(), places, calendars), read.settings().oldestHistoryDays());
        var days = read.settings().candidateDays();
        var model = read.model();
        var scratch = model.scratch();
        double[] cumulative = new double[read.settings().support().days()];
        List<Order> orders = OrdersFile.read(world.resolve("orders.csv"), MappingReader.read(world.resolve("mapping.yaml")), places)
                .orders();
        for (Order order : orders.subList(0, 400)) {
            OrderFacts known = order.facts();
            // As if it came some days after all that the bundle knows, so that history is part of it.
            Instant at = known.anchor().plus(Duration.ofDays(310));
            OrderFacts facts = new OrderFacts(at, at, Double.NaN, known.lane(), known.goods(), known.demand(), Map.of(), Map.of());
            FeatureEncoder.Clock clock = encoder.clock(facts);
            days.set(clock, encoder.clocks().delivers(facts.lane()));
            model.cumulative(encoder.row(facts, clock, read.history()), days, scratch, cumulative);
            Calibration.apply(read.calibration().of(facts.lane().laneKey(), facts.lane().regionKey()), cumulative);
            String zip = zipOf(order.row());
            Forecast served = forecaster
                    .forecast(new ForecastInput(at, String.valueOf(known.lane().originId()), places.find("US", zip), zip,
                            String.valueOf(known.lane().service()), List.of(new ForecastInput.Product(known.goods().sku(),
                                    known.goods().productClass(), (int) known.goods().quantity(), demand(known, OrderFacts.SKU_VIEWS),
                                    demand(known, OrderFacts.SKU_CART_ADDS), false))));
            for (int day = 0; day < cumulative.length - 1; day++) {
                assertThat(served.delivery().cumulative(clock.anchorDay() + read.settings().support().first() + day))
                        .as(order.orderId() + ", day " + day).isCloseTo(cumulative[day], within(1e-12));
            }
        }
    }

    @Test
    void package_notebooksOwnModel_isCalibratedIntoABundleThatServes() throws Exception {
        Path model = folder.resolve("notebook.txt");
        Path schema = folder.resolve("notebook.yaml");
        List<String> services = Bundle.read(bundle).schema().categories().get("service");
        Files.writeString(model, notebook("objective=binary"));
        Files.writeString(schema, "features: [open_day, day_weekday, distance_km, service]\ncategories: {service: " + services + "}\n");
        Path packaged = folder.resolve("packaged");
        String[] arguments = {"package", "--model", model.toString(), "--features", schema.toString(), "--orders",
                world.resolve("orders.csv").toString(), "--mapping", world.resolve("mapping.yaml").toString(), "--policy", "default",
                "--out",
                packaged.toString(), "--name", "notebook", "--model-version", "0.3.0"};
        Run run = run(arguments);
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out()).contains("late for");
        Bundle read = Bundle.read(packaged);
        assertThat(read.manifest().name()).isEqualTo("notebook");
        assertThat(read.text(Bundle.MODEL)).as("the very file").isEqualTo(Files.readString(model));
        assertThat(packaged.resolve("report.html")).exists();
        JsonNode metrics = JSON.readTree(Files.readString(packaged.resolve("metrics.json")));
        assertThat(metrics.path("coverage").path("0.9").asDouble()).isBetween(0.8, 0.97);
        assertThat(metrics.path("rps").asDouble()).as("it knows less than the trained one")
                .isGreaterThan(JSON.readTree(Files.readString(bundle.resolve("metrics.json"))).path("rps").asDouble());
        Places places = Places.load();
        LoadedPolicy policy = new PolicyReader(places).readDefault();
        Calendars calendars = new Calendars();
        var forecaster = new LearnedForecaster(read, policy.policy(), places, calendars,
                new CarrierTableForecaster(policy, places, calendars));
        Forecast served = forecaster.forecast(new ForecastInput(read.manifest().knownUntil(), "main", places.find("US", "10001"), "10001",
                "standard", List.of(ForecastInput.Product.ofClass("standard"))));
        assertThat(served.model().version()).isEqualTo("0.3.0");
        try (InputStream onnx = Objects.requireNonNull(VerbsTest.class.getResourceAsStream("onnx/lightgbm.onnx"))) {
            Files.write(folder.resolve("notebook.onnx"), onnx.readAllBytes());
        }
        String[] onnxArguments = arguments.clone();
        onnxArguments[2] = folder.resolve("notebook.onnx").toString();
        Files.writeString(schema, "features: [distance_km, day_weekday, service, open_day]\ncategories: {service: " + services + "}\n");
        assertThat(run(onnxArguments).status()).isZero();
        assertThat(Bundle.read(packaged).schema().names()).containsExactly("distance_km", "day_weekday", "service", "open_day");

        for (String[] wrong : new String[][]{
                {"features: [day_weekday, open_day, distance_km, service]\ncategories: {service: [a]}", "not those of the model"},
                {"features: [open_day, day_weekday, distance_km, service]", "service is a category"},
                {"features: [open_day, day_weekday, distance_km, service]\ncategories: {service: [a], origin: [b]}", "origin"},
                {"features: [open_day, day_after_expected, distance_km, service]\ncategories: {service: [a]}", "not those of the model"},
                {"features: [open_day, null]", "features must be a list of different names"},
                {"features: [open_day, open_day]", "features must be a list of different names"},
                {"features: [open_day]\ncategories: {service: }", "service must be a list of different names"},
                {"features: [open_day]\ncategories: {service: [a, null]}", "service must be a list of different names"},
                {"features: [open_day]\ncategories: {service: [a, a]}", "service must be a list of different names"},
                {"colour: red", "colour"}, {"", "features"}}) {
            Files.writeString(schema, wrong[0]);
            Files.writeString(model, notebook("objective=binary"));
            Run refused = run(arguments);
            assertThat(refused.status()).as(wrong[0]).isEqualTo(1);
            assertThat(refused.err().strip().lines().toList().getLast()).as(refused.err()).startsWith("doorstep: ").contains(wrong[1]);
        }
        Files.writeString(schema, "features: [open_day, day_weekday, distance_km, service]\ncategories: {service: " + services + "}\n");
        Files.writeString(model, notebook("objective=binary").replace("day_weekday", "day_after_expected"));
        Files.writeString(schema,
                "features: [open_day, day_after_expected, distance_km, service]\ncategories: {service: " + services + "}\n");
        assertThat(run(arguments).err()).contains("doorstep: --features: day_after_expected counts from expected_days");
        Files.writeString(schema, "features: [open_day, day_weekday, distance_km, service]\ncategories: {service: " + services + "}\n");
        Files.writeString(model, notebook("objective=regression"));
        assertThat(run(arguments).err()).contains("doorstep: objective of the model must be");
        Files.write(model, new byte[]{8, 7, (byte) 0xfe, 1});
        assertThat(run(arguments).err()).contains("doorstep: --model can't be read as text");
    }

    /** Trains as a notebook would: on the features that train wrote, of the earlier half of the orders. */
    private static String notebook(String objective) throws Exception {
        List<double[]> rows = new ArrayList<>();
        List<Float> labels = new ArrayList<>();
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duck.createStatement();
                ResultSet result = statement.executeQuery("SELECT open_day, day_weekday, distance_km, service, arrived FROM '"
                        + folder.resolve("features.parquet") + "' WHERE at_risk AND row < (SELECT max(row) / 2 FROM '"
                        + folder.resolve("features.parquet") + "')")) {
            while (result.next()) {
                double[] row = new double[4];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getDouble(i + 1);
                    row[i] = result.wasNull() ? Double.NaN : row[i];
                }
                rows.add(row);
                labels.add(result.getBoolean("arrived") ? 1f : 0f);
            }
        }
        double[] values = rows.stream().flatMapToDouble(java.util.Arrays::stream).toArray();
        float[] label = new float[labels.size()];
        for (int i = 0; i < label.length; i++) {
            label[i] = labels.get(i);
        }
        String parameters = objective + " verbosity=-1 num_threads=1 num_leaves=15 categorical_feature=3";
        try (LGBMDataset data = LGBMDataset.createFromMat(values, label.length, 4, true, parameters, null)) {
            data.setFeatureNames(new String[]{"open_day", "day_weekday", "distance_km", "service"});
            data.setField("label", label);
            try (LGBMBooster booster = LGBMBooster.create(data, parameters)) {
                for (int round = 0; round < 60; round++) {
                    booster.updateOneIter();
                }
                return booster.saveModelToString(0, 0, LGBMBooster.FeatureImportanceType.GAIN);
            }
        }
    }

    private static Long demand(OrderFacts facts, String signal) {
        return Objects.requireNonNull(facts.demand().get(signal)).longValue();
    }

    private static String zipOf(int row) {
        try {
            return Files.readAllLines(world.resolve("orders.csv")).get(row).split(",", -1)[11];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void publish_putsTheBundleUnderItsDigest_andAgainChangesNothing() {
        Path models = folder.resolve("models");
        String[] arguments = {"publish", "--bundle", bundle.toString(), "--models", models.toString(), "--version", "2.0.0"};
        String digest = run(arguments).out().strip();
        assertThat(Bundle.read(models.resolve(digest)).manifest().version()).isEqualTo("2.0.0");
        assertThat(Bundle.read(models.resolve(digest)).manifest().digest()).isEqualTo(digest);
        assertThat(run(arguments).out().strip()).isEqualTo(digest);
        assertThat(models).isDirectoryContaining(each -> each.getFileName().toString().equals(digest))
                .isDirectoryNotContaining(each -> each.getFileName().toString().startsWith(".part"));
        assertThat(run("publish", "--bundle", models.toString(), "--models", models.toString()).err())
                .startsWith("doorstep: manifest.json can't be read");
    }

    @Test
    void wrongInput_isToldInOneLineThatNamesTheField() throws Exception {
        Path mapping = folder.resolve("wrong.yaml");
        String orders = world.resolve("orders.csv").toString();
        String out = folder.resolve("none").toString();
        record Case(String mapping, String message) {}
        for (Case wrong : List.of(
                new Case("orderId: order_id\norderedAt: ordered_at\ndeliveredAt: arrived\n", "deliveredAt names the column arrived"),
                new Case("orderId: order_id\norderedAt: ordered_at\n", "deliveredAt is required"),
                new Case("orderId: order_id\ndeliveredAt: delivered_at\n", "orderedAt is the anchor"),
                new Case("orderId: order_id\norderedAt: ordered_at\ndeliveredAt: delivered_at\npromiseAsFeature: true\n",
                        "promiseAsFeature"),
                new Case("orderId: order_id\norderedAt: {column: ordered_at, formats: [bbb]}\ndeliveredAt: delivered_at\n", "formats"),
                new Case("orderId: order_id\norderedAt: ordered_at\ndeliveredAt: delivered_at\nzone: Mars/Olympus\n", "zone"),
                new Case("orderId: order_id\norderedAt: ordered_at\ndeliveredAt: delivered_at\ncolour: red\n", "colour"),
                new Case("orderId: order_id\norderedAt: status\ndeliveredAt: delivered_at\n", "NO_ANCHOR"), new Case("", "empty"))) {
            Files.writeString(mapping, wrong.mapping());
            Run run = run("train", "--orders", orders, "--mapping", mapping.toString(), "--out", out);
            assertThat(run.status()).as(wrong.mapping()).isEqualTo(1);
            assertThat(run.err().strip().lines().toList().getLast()).as(run.err()).startsWith("doorstep: ").contains(wrong.message());
        }
        Path few = folder.resolve("few.csv");
        Files.write(few, Files.readAllLines(world.resolve("orders.csv")).subList(0, 60));
        assertThat(run("train", "--orders", few.toString(), "--mapping", world.resolve("mapping.yaml").toString(), "--out", out).err())
                .contains("calibration needs at least");
        assertThat(run("train", "--orders", "nowhere.csv", "--mapping", world.resolve("mapping.yaml").toString(), "--out", out).err())
                .contains("there is no file");
        String good = world.resolve("mapping.yaml").toString();
        assertThat(run("train", "--orders", orders, "--mapping", good, "--out", out, "--threads", "0").err())
                .contains("doorstep: --threads must lie between 1 and").doesNotContain("\tat ");
        assertThat(run("train", "--orders", orders, "--mapping", good, "--out", out, "--policy", "nowhere.yaml").err())
                .contains("doorstep: --policy can't be read").doesNotContain("\tat ");
        Path notPolicy = folder.resolve("not-policy.yaml");
        Files.writeString(notPolicy, "origins: 1");
        assertThat(run("train", "--orders", orders, "--mapping", good, "--out", out, "--policy", notPolicy.toString()).err())
                .contains("doorstep: policy: ").doesNotContain("\tat ");
        assertThat(run("generate", "--orders", "5", "--out", notPolicy.toString()).err()).startsWith("doorstep: ").doesNotContain("\tat ");
        assertThat(run("generate", "--orders", "0", "--out", out).err()).contains("--orders must lie between");
    }

    private record Run(int status, String out, String err) {}

    private static Run run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.line(new PrintWriter(out, true), new PrintWriter(err, true)).execute(arguments);
        return new Run(status, out.toString(), err.toString());
    }
}
