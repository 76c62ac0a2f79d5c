package dev.doorstep.localstack.stack;

import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.localparts.Ports;
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
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Kafka, DynamoDB Local and the three service jars, each a process of its own, started together and waited for. All of them end with this
 * JVM, whatever ends it.
 */
public final class Stack implements AutoCloseable {
    private static final Duration READY_TIMEOUT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 100;

    private final StackSettings settings;
    private final KafkaNode kafka;
    private final DynamoDbNode dynamoDb;
    private final OperatorToken operator;
    private final String tokenSecret;
    private final Map<String, ChildProcess> services = new ConcurrentHashMap<>();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

    private Stack(StackSettings settings, KafkaNode kafka, DynamoDbNode dynamoDb, OperatorToken operator) {
        this.settings = settings;
        this.kafka = kafka;
        this.dynamoDb = dynamoDb;
        this.operator = operator;
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        this.tokenSecret = HexFormat.of().formatHex(secret);
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
                        ? DynamoDbNode.durable(settings.data(), port)
                        : DynamoDbNode.inMemory(settings.data(), port);
                progress.done("DynamoDB Local", since(started));
                return node;
            });
            Stack stack = new Stack(settings, kafka.get(), dynamoDb.get(), operator);
            try {
                Service.ALL.forEach(stack::launch);
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

    public OperatorToken operator() {
        return operator;
    }

    /** Where the processes write their logs. */
    public Path logs() {
        return settings.data();
    }

    /** A service's process as it is now. */
    public ChildProcess process(Service service) {
        ChildProcess process = services.get(service.module());
        if (process == null) {
            throw new IllegalStateException(service.module() + " was never started");
        }
        return process;
    }

    /** Starts a service that was stopped or killed; returns when it is ready. */
    public void restart(Service service) {
        launch(service);
        awaitReady(service);
    }

    /** Waits until a service is ready to take requests. */
    public void awaitReady(Service service) {
        URI readiness = URI.create(managementUrl(service) + "/actuator/health/readiness");
        long deadline = System.nanoTime() + READY_TIMEOUT.toNanos();
        while (!isUp(readiness)) {
            ChildProcess process = process(service);
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException(service.module() + " did not become ready, see " + process.log());
            }
        }
    }

    @Override
    public void close() {
        services.values().forEach(ChildProcess::close);
        dynamoDb.close();
        kafka.close();
    }

    private void launch(Service service) {
        Service moved = service.offset(settings.portOffset());
        Map<String, String> environment = new HashMap<>();
        environment.put("SERVER_PORT", Integer.toString(moved.port()));
        environment.put("MANAGEMENT_SERVER_PORT", Integer.toString(moved.managementPort()));
        environment.put("KAFKA_BOOTSTRAP_SERVERS", kafka.bootstrapServers());
        environment.put("DYNAMODB_ENDPOINT", dynamoDb.endpoint());
        environment.put("DOORSTEP_STORE_CREATETABLES", "true");
        // Five JVMs that have just started share a few cores: the first answers would otherwise go without features.
        environment.put("DOORSTEP_PREDICTION_FEATUREBUDGET", "240ms");
        environment.put("DOORSTEP_PREDICTION_TOKENSECRETS_0", tokenSecret);
        environment.put("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_PUBLICKEYLOCATION", operator.publicKey().toUri().toString());
        environment.put("SPRING_SECURITY_OAUTH2_RESOURCESERVER_JWT_AUDIENCES", "doorstep");
        List<String> command = ServiceImage.of(settings.root(), service).command();
        services.put(service.module(), ChildProcess.start(service.module(), command, environment, settings.data()));
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
