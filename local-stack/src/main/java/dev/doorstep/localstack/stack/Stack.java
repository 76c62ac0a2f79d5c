package dev.doorstep.localstack.stack;

import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.OperatorToken;
import dev.doorstep.localparts.Ports;
import dev.doorstep.localstack.outlet.HttpOutlet;
import dev.doorstep.localstack.outlet.Outlet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Kafka, DynamoDB Local, what the sources read, and the three service jars, each a process of its own, started together and waited for.
 * All of them end with this JVM, whatever ends it.
 */
public final class Stack implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 100;

    private final StackSettings settings;
    private final KafkaNode kafka;
    private final DynamoDbNode dynamoDb;
    private final SourceParts sources;
    private final OperatorToken operator;
    private final String tokenSecret;
    private final String deadLetterKey;
    private final @Nullable FaultyProxy kafkaProxy;
    private final @Nullable FaultyProxy dynamoDbProxy;
    private final Map<String, ChildProcess> services = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private Stack(StackSettings settings, KafkaNode kafka, DynamoDbNode dynamoDb, SourceParts sources, OperatorToken operator) {
        this.settings = settings;
        this.kafka = kafka;
        this.dynamoDb = dynamoDb;
        this.sources = sources;
        this.operator = operator;
        this.tokenSecret = HexFormat.of().formatHex(random());
        this.deadLetterKey = deadLetterKey(settings.data());
        this.kafkaProxy = settings.faulty() ? kafka.proxy() : null;
        this.dynamoDbProxy = settings.faulty() ? dynamoDb.proxy() : null;
    }

    /** Hears how the start goes on. */
    @FunctionalInterface
    public interface Progress {
        void done(String part, Duration after);
    }

    /**
     * Starts everything; returns when every service is ready.
     *
     * @throws IllegalStateException when a port is taken, a jar is missing or a process does not become ready; nothing is left running
     */
    public static Stack start(StackSettings settings, Progress progress) {
        for (Service service : Service.ALL) {
            requireFree(service.module(), service.offset(settings.portOffset()).port());
            requireFree(service.module() + " (management)", service.offset(settings.portOffset()).managementPort());
            ServiceImage.of(settings.root(), service);
        }
        long started = System.nanoTime();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Files.createDirectories(settings.data());
            OperatorToken operator = OperatorToken.create(settings.data(), Clock.systemUTC().instant());
            Future<KafkaNode> kafka = executor.submit(() -> {
                KafkaNode node = KafkaNode.start(settings.data());
                progress.done("Kafka", since(started));
                return node;
            });
            Future<DynamoDbNode> dynamoDb = executor.submit(() -> {
                int port = Ports.free();
                DynamoDbNode node = settings.durable()
                        ? DynamoDbNode.durable(settings.data(), dynamoDbData(settings), port)
                        : DynamoDbNode.inMemory(settings.data(), port);
                progress.done("DynamoDB Local", since(started));
                return node;
            });
            Future<SourceParts> sources = executor.submit(() -> {
                SourceParts parts = SourceParts.start(settings.root(), settings.data(), settings.sources());
                settings.sources().forEach(source -> progress.done(SourceParts.name(source), since(started)));
                return parts;
            });
            Stack stack = new Stack(settings, kafka.get(), dynamoDb.get(), sources.get(), operator);
            try {
                Service.ALL.forEach(service -> stack.launch(service, Map.of()));
                List<Future<?>> ready = new ArrayList<>();
                for (Service service : Service.ALL) {
                    ready.add(executor.submit(() -> {
                        stack.awaitReady(service);
                        progress.done(service.module(), since(started));
                    }));
                }
                for (Future<?> each : ready) {
                    each.get();
                }
                return stack;
            } catch (ExecutionException | InterruptedException | RuntimeException e) {
                stack.close();
                throw e;
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause() == null ? e.getMessage() : e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where a service answers, without a trailing slash. */
    public String url(Service service) {
        return "http://localhost:" + service.offset(settings.portOffset()).port();
    }

    /** Where a service's management port answers, without a trailing slash. */
    public String managementUrl(Service service) {
        return "http://localhost:" + service.offset(settings.portOffset()).managementPort();
    }

    public KafkaNode kafka() {
        return kafka;
    }

    public DynamoDbNode dynamoDb() {
        return dynamoDb;
    }

    /** The parts that sources read. */
    public SourceParts sources() {
        return sources;
    }

    /** A way for documents into this stack; the caller closes it. */
    public Outlet outlet(Source source) {
        return source == Source.HTTP ? new HttpOutlet(url(Service.INGEST)) : sources.outlet(source);
    }

    public OperatorToken operator() {
        return operator;
    }

    /** The ledger as ingest-service reckons it now. */
    public JsonNode ledger() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(managementUrl(Service.INGEST) + "/v1/ledger"))
                .header("Authorization", "Bearer " + operator.token()).timeout(LEDGER_TIMEOUT).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("the ledger answers " + response.statusCode() + ": " + response.body());
        }
        return new JsonMapper().readTree(response.body());
    }

    /** What seals the dead letters of this stack, as the services are given it. */
    public String deadLetterKey() {
        return deadLetterKey;
    }

    /** The proxy between the services and Kafka. */
    public FaultyProxy kafkaProxy() {
        return Objects.requireNonNull(kafkaProxy, "the stack was not started as faulty");
    }

    /** The proxy between the services and DynamoDB. */
    public FaultyProxy dynamoDbProxy() {
        return Objects.requireNonNull(dynamoDbProxy, "the stack was not started as faulty");
    }

    /** Where the processes write their logs. */
    public Path logs() {
        return settings.data();
    }

    /** A service's process as it is now. */
    public ChildProcess process(Service service) {
        ChildProcess process = services.get(service.name());
        if (process == null) {
            throw new IllegalStateException(service.name() + " was never started");
        }
        return process;
    }

    /** Starts a service, or one more replica of it, or one that was stopped or killed; returns when it is ready. */
    public void restart(Service service) {
        restart(service, Map.of());
    }

    /** Like {@link #restart(Service)}, with more in its environment. */
    public void restart(Service service, Map<String, String> environment) {
        launch(service, environment);
        awaitReady(service);
    }

    /** Waits until a service is ready to take requests. */
    public void awaitReady(Service service) {
        URI readiness = URI.create(managementUrl(service) + "/actuator/health/readiness");
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (!isUp(readiness)) {
            ChildProcess process = process(service);
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(service.name() + " did not become ready, see " + process.log());
            }
        }
    }

    @Override
    public void close() {
        // A process that was stopped would not hear that it is to end.
        services.values().forEach(process -> process.signal("CONT"));
        if (kafkaProxy != null && dynamoDbProxy != null) {
            kafkaProxy.heal();
            dynamoDbProxy.heal();
        }
        services.values().forEach(ChildProcess::close);
        if (kafkaProxy != null && dynamoDbProxy != null) {
            kafkaProxy.close();
            dynamoDbProxy.close();
        }
        sources.close();
        dynamoDb.close();
        kafka.close();
    }

    private void launch(Service service, Map<String, String> more) {
        Service moved = service.offset(settings.portOffset());
        Map<String, String> environment = new HashMap<>();
        environment.put("SERVER_PORT", Integer.toString(moved.port()));
        environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(moved.managementPort()));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafkaProxy == null ? kafka.bootstrapServers() : "127.0.0.1:" + kafkaProxy.port());
        environment.put("DYNAMODB_ENDPOINT", dynamoDbProxy == null ? dynamoDb.endpoint() : "http://127.0.0.1:" + dynamoDbProxy.port());
        environment.put("DOORSTEP_STORE_CREATETABLES", "true");
        // Five JVMs that have just started share a few cores: the first answers would otherwise go without features.
        environment.put("DOORSTEP_PREDICTION_FEATUREBUDGET", "240ms");
        environment.put("DOORSTEP_PREDICTION_TOKENSECRETS_0", tokenSecret);
        environment.put("DOORSTEP_INGEST_INSTANCE", service.name());
        environment.putAll(sources.environment());
        environment.put("DOORSTEP_INGEST_RECONCILEINTERVAL", "2s");
        environment.put("DOORSTEP_DEADLETTERS_KEYS_0", deadLetterKey);
        environment.put("DOORSTEP_DEADLETTERS_ARCHIVE", settings.data().resolve("archive").toAbsolutePath().toString());
        environment.put("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_PUBLICKEYLOCATION", operator.publicKey().toUri().toString());
        environment.put("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES", "doorstep");
        List<String> command = ServiceImage.of(settings.root(), service).command();
        environment.putAll(settings.environment());
        environment.putAll(more);
        services.put(service.name(), ChildProcess.start(service.name(), command, environment, settings.data()));
    }

    private static Path dynamoDbData(StackSettings settings) {
        return settings.dynamoDbData() == null ? settings.data().resolve("dynamodb") : settings.dynamoDbData();
    }

    /** Stays with the data that it seals. */
    private static String deadLetterKey(Path data) {
        Path file = data.resolve("dead-letter.key");
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, Base64.getEncoder().encodeToString(random()));
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private boolean isUp(URI readiness) {
        try {
            HttpRequest request = HttpRequest.newBuilder(readiness).timeout(Duration.ofSeconds(5)).build();
            if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                return true;
            }
            Thread.sleep(POLL_MILLIS);
        } catch (IOException _) {
            // It does not listen yet.
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + readiness, e);
        }
        return false;
    }

    private static void requireFree(String service, int port) {
        if (Ports.isTaken(port)) {
            throw new IllegalStateException(
                    "port " + port + " of " + service + " is taken; move all ports with --port-offset, for example --port-offset 100");
        }
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
