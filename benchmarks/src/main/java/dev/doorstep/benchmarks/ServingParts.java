package dev.doorstep.benchmarks;

import dev.doorstep.localparts.BundleVariants;
import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.OperatorToken;
import dev.doorstep.localparts.Ports;
import dev.doorstep.localstack.simulation.Operators;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Replicas of prediction-service, each a process of its own, on real Kafka and DynamoDB Local, with models to change between and an operator
 * who does it.
 */
final class ServingParts implements AutoCloseable {
    /** The version that ships. */
    static final String SHIPPED = "1.0.0";
    static final String ORDER = """
                                {"destination":{"country":"US","postalCode":"94110"},"items":[{"sku":"LMP-2041","quantity":1}],"sessionId":"s-1"}""";
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path directory;
    private final KafkaNode kafka;
    private final DynamoDbNode dynamoDb;
    private final Load load = new Load();
    /** The replicas, and after them what they are measured against. */
    private final List<Started> processes = new ArrayList<>();
    private final List<String> urls = new ArrayList<>();
    /** Of the first replica. */
    private final int management = Ports.free();
    private final OperatorToken operator;
    private final Operators operators;

    private record Started(ChildProcess process, Supplier<ChildProcess> again) {}

    private ServingParts(Path directory, KafkaNode kafka, DynamoDbNode dynamoDb) {
        this.directory = directory;
        this.kafka = kafka;
        this.dynamoDb = dynamoDb;
        this.operator = OperatorToken.create(directory, Clock.systemUTC().instant());
        this.operators = new Operators(management(), operator.token());
    }

    /**
     * Starts everything; returns when every replica answers.
     *
     * @param more settings as environment variables
     */
    static ServingParts start(int replicas, Map<String, String> more) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("doorstep-bench");
        Files.createDirectories(directory.resolve("models"));
        KafkaNode kafka = KafkaNode.start(directory);
        ServingParts parts = new ServingParts(directory, kafka, DynamoDbNode.inMemory(directory));
        try {
            for (int i = 0; i < replicas; i++) {
                parts.add(more);
            }
            // Replicas answer before they know what all of them are to serve.
            parts.await(parts::hasBegun, () -> "the registry does not begin");
        } catch (RuntimeException | IOException | InterruptedException e) {
            parts.close();
            throw e;
        }
        return parts;
    }

    private void add(Map<String, String> more) throws InterruptedException {
        urls.add(start("prediction-" + urls.size(), "dev.doorstep.predictionservice.PredictionApplication",
                urls.isEmpty() ? management : Ports.free(), more));
    }

    /** Starts the service that predictions are measured against beside the replicas, and returns where it answers once it does. */
    String addReference(Class<?> main) throws InterruptedException {
        return start(main.getSimpleName(), main.getName(), Ports.free(), Map.of());
    }

    /** With the settings that all measured services have, on this JVM's class path. */
    private String start(String name, String main, int managementPort, Map<String, String> more) throws InterruptedException {
        Map<String, String> environment = new HashMap<>(Map.of("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers(), "DYNAMODB_ENDPOINT",
                dynamoDb.endpoint(), "DOORSTEP_STORE_CREATETABLES", "true", "DOORSTEP_PREDICTION_TOKENSECRETS_0",
                "a secret for this benchmark alone, 32 characters", "DOORSTEP_ROLLOUT_MODELS", models().toString(),
                "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_PUBLICKEYLOCATION", operator.publicKey().toUri().toString(),
                "SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES", "doorstep"));
        environment.putAll(more);
        int port = Ports.free();
        List<String> command = List.of(ChildProcess.java(), "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), main, "--server.port=" + port, "--management.server.port=" + managementPort);
        Supplier<ChildProcess> start = () -> ChildProcess.start(name, command, environment, directory);
        processes.add(new Started(start.get(), start));
        String url = "http://127.0.0.1:" + port + "/v1/predictions";
        load.awaitAnswer(url, ORDER);
        return url;
    }

    /** Ends a replica as SIGKILL does, and starts it again where it was; returns when it answers. */
    void restart(int replica) throws InterruptedException {
        Started before = processes.get(replica);
        before.process().kill();
        processes.set(replica, new Started(before.again().get(), before.again()));
        load.awaitAnswer(urls.get(replica), ORDER);
    }

    /** Publishes and registers the model that ships under other versions. */
    void register(String... versions) throws IOException, InterruptedException {
        for (String version : versions) {
            operators().register(BundleVariants.same(Shipped.read(), models(), version));
        }
    }

    /** Where the replicas answer predictions. */
    List<String> urls() {
        return urls;
    }

    Load load() {
        return load;
    }

    /** Who operates the replicas, by the first one's management port. */
    Operators operators() {
        return operators;
    }

    /** Makes a version the active one, for all customers at once, as soon as every replica has it. */
    void promote(String version) throws IOException, InterruptedException {
        await(operators.start(version, "blue-green", "[{\"percent\":100,\"bake\":\"PT0S\"}]"), "active");
    }

    /** Waits until a rollout is in a state. */
    void await(String rolloutId, String state) throws IOException, InterruptedException {
        await(() -> operators().state(rolloutId).equals(state),
                () -> "rollout " + rolloutId + " is " + operators().rollout(rolloutId) + " and not " + state);
    }

    private boolean hasBegun() throws InterruptedException {
        try {
            return !operators().active().isEmpty();
        } catch (IOException _) {
            // Its tables are being made.
            return false;
        }
    }

    private interface Asked<T> {
        T get() throws IOException, InterruptedException;
    }

    private void await(Asked<Boolean> condition, Asked<String> otherwise) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!condition.get()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(otherwise.get());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** Bytes on the heap of the first replica after a full collection. */
    double heap() throws IOException, InterruptedException {
        Process collection = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(processes.getFirst().process().pid()), "GC.run").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (collection.waitFor() != 0) {
            throw new IllegalStateException("jcmd could not collect garbage");
        }
        return metric("jvm_memory_used_bytes{area=\"heap\"");
    }

    /** The sum of a metric of the first replica over the lines that begin so. */
    double metric(String start) throws IOException, InterruptedException {
        return load.get(management() + "/actuator/prometheus").lines().filter(line -> line.startsWith(start))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private String management() {
        return "http://127.0.0.1:" + management;
    }

    private Path models() {
        return directory.resolve("models");
    }

    @Override
    public void close() {
        processes.forEach(each -> each.process().close());
        dynamoDb.close();
        kafka.close();
    }
}
