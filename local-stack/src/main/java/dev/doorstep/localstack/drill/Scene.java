package dev.doorstep.localstack.drill;

import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a drill has in its hands: the running stack, and ways to wait for what it does to it. One drill uses it at a time. */
final class Scene {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 100;

    private final Stack stack;
    private final Census census;
    private final Disk disk;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final JsonMapper json = new JsonMapper();
    private @Nullable Traffic traffic;
    private @Nullable Runnable healed;

    Scene(Stack stack, Census census, Disk disk) {
        this.stack = stack;
        this.census = census;
        this.disk = disk;
    }

    Stack stack() {
        return stack;
    }

    Census census() {
        return census;
    }

    Disk disk() {
        return disk;
    }

    Traffic traffic() {
        return Objects.requireNonNull(traffic, "no traffic");
    }

    void begin(Traffic next, Runnable atHealing) {
        traffic = next;
        healed = atHealing;
    }

    /** To be called when the fault ends; recovery is measured from here. */
    void healed() {
        Objects.requireNonNull(healed, "no drill").run();
    }

    void kill(Service service) {
        stack.process(service).kill();
    }

    void stop(Service service) {
        ChildProcess process = stack.process(service);
        process.signal("CONT");
        process.close();
    }

    /** Lets a fault last. The one place where a drill waits for time to pass, since a fault's length is what it is about. */
    void during(Duration time) throws InterruptedException {
        Thread.sleep(time.toMillis());
    }

    /**
     * Waits until a condition holds; what it throws counts as not yet.
     *
     * @throws IllegalStateException when it does not in time
     */
    void await(String what, Callable<Boolean> condition) throws InterruptedException {
        if (!holds(condition, PATIENCE)) {
            throw new IllegalStateException("waited in vain until " + what + "; logs are in " + stack.logs());
        }
    }

    /** Whether a condition holds within a time. */
    boolean holds(Callable<Boolean> condition, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            try {
                if (condition.call()) {
                    return true;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception _) {
                // The part that it asks may be the one that is away.
            }
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Waits until so many more events have reached the store than now. */
    void awaitProgress(int events) throws InterruptedException {
        long enough = census.inSessions(traffic()) + events;
        await(events + " more events are in the store", () -> census.inSessions(traffic()) >= enough);
    }

    /** The members of feature-service's consumer group that have partitions. */
    int members() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", stack.kafka().bootstrapServers()))) {
            ConsumerGroupDescription group = Objects
                    .requireNonNull(admin.describeConsumerGroups(List.of("feature-service")).all().get().get("feature-service"));
            return (int) group.members().stream().filter(member -> !member.assignment().topicPartitions().isEmpty()).count();
        }
    }

    /** The ledger as ingest-service tells it. */
    JsonNode ledger() throws IOException, InterruptedException {
        return stack.ledger();
    }

    /** How full a service's heap is, 0 to 1. */
    double heapUse(Service service) throws IOException, InterruptedException {
        String metrics = get(stack.managementUrl(service) + "/actuator/prometheus").body();
        return sum(metrics, "jvm_memory_used_bytes") / sum(metrics, "jvm_memory_max_bytes");
    }

    private static double sum(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name + "{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** Sends a request to an operator's or a public endpoint; the body is JSON. */
    HttpResponse<String> post(String url, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + stack.operator().token())
                .header("Content-Type", "application/json").timeout(Duration.ofSeconds(20)).POST(HttpRequest.BodyPublishers.ofString(body))
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + stack.operator().token())
                .timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    }

    JsonNode json(String text) {
        return json.readTree(text);
    }
}
