package dev.doorstep.localstack.simulation;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.localparts.BundleVariants;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import dev.doorstep.syntheticworld.Shoppers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Whole rollouts on the services as they ship, with two replicas of prediction-service, while days go by in seconds. */
public final class RolloutSimulation implements AutoCloseable {
    private static final Service SECOND = Service.PREDICTION.nextReplica();
    private static final String BASELINE = "1.0.0";
    /** Of the world that the shipped model was trained in: docs/model.md has the command. */
    private static final long WORLD_SEED = 7;
    private static final int WORLD_ORDERS = 40_000;
    private static final Duration LONGEST = Duration.ofSeconds(100);
    private static final Duration OUTAGE = Duration.ofSeconds(6);
    private static final String STEPS = "[{\"percent\":10,\"bake\":\"P1D\"},{\"percent\":50,\"bake\":\"P1D\"}]";
    private static final String RULES = """
                                        leastRuns: 20
                                        leastPairs: 90
                                        horizonDays: 5
                                        leastKnown: 0.5
                                        noDataBakes: 6
                                        """;

    private final Stack stack;
    private final Path models;
    private final Bundle shipped;
    private final SimulatedDays days;
    private final String serverKey;
    private final Operators operators;
    private final Shoppers shoppers;
    private final AlertsReceiver alerts;
    private String lastRollout = "";
    private String lastVersion = "";

    private RolloutSimulation(Stack stack, AlertsReceiver alerts, Path models, Bundle shipped, SimulatedDays days, String serverKey,
            Shoppers shoppers) {
        this.stack = stack;
        this.alerts = alerts;
        this.models = models;
        this.shipped = shipped;
        this.days = days;
        this.serverKey = serverKey;
        this.shoppers = shoppers;
        this.operators = new Operators(stack.managementUrl(Service.PREDICTION), stack.operator().token());
    }

    /** Starts everything; returns when every service is ready. */
    public static RolloutSimulation start(Path root, Path data, int portOffset) throws IOException {
        Path models = Files.createDirectories(data.resolve("models")).toAbsolutePath();
        Path rules = Files.writeString(data.resolve("rules.yaml"), RULES).toAbsolutePath();
        SimulatedDays days = new SimulatedDays(Clock.systemUTC(), Clock.systemUTC().instant());
        String serverKey = UUID.randomUUID() + "-" + UUID.randomUUID();
        AlertsReceiver alerts = AlertsReceiver.start();
        Map<String, String> environment = new HashMap<>(days.environment());
        environment.put("DOORSTEP_ROLLOUT_WEBHOOK", alerts.url());
        environment.put("DOORSTEP_ROLLOUT_MODELS", models.toString());
        environment.put("DOORSTEP_ROLLOUT_RULES", rules.toString());
        environment.put("DOORSTEP_ROLLOUT_FAULTS_0_VERSION", Scenario.SLOW.version());
        environment.put("DOORSTEP_ROLLOUT_FAULTS_0_DELAY", "20ms");
        environment.put("DOORSTEP_ROLLOUT_FAULTS_1_VERSION", Scenario.CRASHING.version());
        environment.put("DOORSTEP_ROLLOUT_FAULTS_1_ERRORSHARE", "0.3");
        environment.put("DOORSTEP_ACCESS_KEYS_0_NAME", "customers");
        environment.put("DOORSTEP_ACCESS_KEYS_0_AUDIENCE", "server");
        environment.put("DOORSTEP_ACCESS_KEYS_0_KEY", serverKey);
        // An hour is an eighth of a second here: everything would be looked up each time.
        environment.put("DOORSTEP_PREDICTION_FRESHFOR", "1h");
        environment.put("DOORSTEP_PREDICTION_STALEFOR", "24h");
        Stack stack = Stack.start(new StackSettings(root, data, false, portOffset, true, null, Set.of(), environment), (_, _) -> {
        });
        try {
            stack.restart(SECOND);
            Bundle shipped = Bundle.read(root.resolve("prediction-service/target/classes/dev/doorstep/predictionservice/model"));
            Places places = Places.load();
            return new RolloutSimulation(stack, alerts, models, shipped, days, serverKey, new Shoppers(WORLD_SEED, WORLD_ORDERS,
                    new PolicyReader(places).readDefault().policy(), places, new Calendars()));
        } catch (RuntimeException e) {
            stack.close();
            alerts.close();
            throw e;
        }
    }

    /** The scenarios by name. */
    public static List<String> scenarios() {
        return List.of(Scenario.values()).stream().map(Scenario::wireName).toList();
    }

    /** Whether a scenario ended as it must. */
    public static boolean isGood(SimulationResult result) {
        return result.failedRequests() == 0 && scenario(result.scenario()).endsWell(result.finalState());
    }

    private static Scenario scenario(String name) {
        for (Scenario each : Scenario.values()) {
            if (each.wireName().equals(name)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no scenario " + name + "; there are " + String.join(", ", scenarios()));
    }

    /**
     * Runs one rollout to its end.
     *
     * @param name of the scenario
     * @param history hears each entry of the rollout's history, in a line
     */
    public SimulationResult run(String name, Consumer<String> history) throws IOException, InterruptedException {
        Scenario scenario = scenario(name);
        String version = scenario.version();
        operators.reset(BASELINE, version);
        operators.register(scenario == Scenario.BIASED
                ? BundleVariants.hasty(shipped, models, version)
                : BundleVariants.same(shipped, models, version));
        long started = System.nanoTime();
        List<String> replicas = List.of(stack.url(Service.PREDICTION), stack.url(SECOND));
        try (Customers customers = new Customers(replicas, stack.url(Service.INGEST), serverKey, shoppers, days)) {
            customers.tellOfProducts();
            if (scenario == Scenario.DRIFTED) {
                customers.drift(2);
            }
            if (scenario != Scenario.NO_TRAFFIC) {
                customers.start();
            }
            String rolloutId = operators.start(version, "canary", STEPS);
            lastRollout = rolloutId;
            lastVersion = version;
            String state = scenario == Scenario.STORE_OUTAGE ? throughOutage(rolloutId) : ended(rolloutId);
            double seconds = Math.round((System.nanoTime() - started) / 1e8) / 10.0;
            for (JsonNode entry : operators.history(rolloutId)) {
                history.accept(entry.path("at").asString() + "  " + entry.path("actor").asString() + "  " + entry.path("action").asString()
                        + "  " + entry.path("reason").asString(""));
                tell(entry.path("figures"), history);
            }
            if (System.nanoTime() - started > LONGEST.toNanos()) {
                history.accept("not ended after " + LONGEST.toSeconds() + " s; its figures now:");
                tell(operators.rollout(rolloutId).path("verdicts"), history);
            }
            alerts.about(version).forEach(alert -> history.accept("alert  " + alert.path("alert").asString() + "  "
                    + alert.path("reason").asString()));
            customers.complaints().forEach(complaint -> history.accept("complaint  " + complaint));
            return new SimulationResult(name, state, operators.active(), seconds, customers.failedRequests());
        }
    }

    private static void tell(JsonNode figures, Consumer<String> history) {
        for (JsonNode figure : figures) {
            history.accept(String.format(Locale.ROOT, "    %-14s %-8s %8.3f of %.3f, n = %d, evidence %.3g of %.0f",
                    figure.path("check").asString(), figure.path("result").asString(), figure.path("value").asDouble(),
                    figure.path("threshold").asDouble(), figure.path("count").asLong(), figure.path("evidence").asDouble(),
                    figure.path("needed").asDouble()));
        }
    }

    private String throughOutage(String rolloutId) throws IOException, InterruptedException {
        await(() -> operators.state(rolloutId).equals("canary"));
        stack.dynamoDbProxy().stall();
        // The drill is that the store is away for so long.
        LockSupport.parkNanos(OUTAGE.toNanos());
        stack.dynamoDbProxy().heal();
        return ended(rolloutId);
    }

    /** Waits until a rollout is settled, was taken back, or stands still. */
    private String ended(String rolloutId) throws IOException, InterruptedException {
        await(() -> !operators.isOpen(rolloutId)
                || operators.state(rolloutId).equals("paused"));
        return operators.state(rolloutId);
    }

    /** Names of the checks that failed in the last rollout. */
    public List<String> failedChecks() throws IOException, InterruptedException {
        List<String> checks = new ArrayList<>();
        for (JsonNode verdict : operators.rollout(lastRollout).path("verdicts")) {
            if (verdict.path("result").asString().equals("fail")) {
                checks.add(verdict.path("check").asString());
            }
        }
        return checks;
    }

    /** Names of the alerts about the candidate of the last rollout. */
    public List<String> alerts() {
        return alerts.about(lastVersion).map(alert -> alert.path("alert").asString()).toList();
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void await(Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
            if (System.nanoTime() > deadline) {
                return;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    @Override
    public void close() {
        stack.close();
        alerts.close();
    }
}
