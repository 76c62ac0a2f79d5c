package dev.doorstep.localstack.simulation;

import dev.doorstep.syntheticworld.Shoppers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Customers who ask for a date and order, and carriers who deliver, as the synthetic world says that the shipped model was trained in. Drift
 * is a delay on top of it.
 */
final class Customers implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long BETWEEN_ORDERS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int COMPLAINTS = 3;
    private static final int RETRIES = 200;

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final PriorityBlockingQueue<Parcel> parcels = new PriorityBlockingQueue<>(1_000, Comparator.comparing(Parcel::arrives));
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final LongAdder failed = new LongAdder();
    private final List<String> replicas;
    private final String ingest;
    private final String serverKey;
    private final Shoppers shoppers;
    private final SimulatedDays days;
    private volatile boolean running = true;
    private volatile int delayDays;

    /**
     * Sends customers.
     *
     * @param replicas where prediction-service answers
     * @param ingest where ingest-service answers
     * @param shoppers what they want, and when it arrives
     */
    Customers(List<String> replicas, String ingest, String serverKey, Shoppers shoppers, SimulatedDays days) {
        this.replicas = List.copyOf(replicas);
        this.ingest = ingest;
        this.serverKey = serverKey;
        this.shoppers = shoppers;
        this.days = days;
    }

    private record Parcel(String orderId, Instant arrives) {}

    /** Lets everything arrive later than any model learned. */
    void drift(int daysLater) {
        delayDays = daysLater;
    }

    /** What failed customers were told, at most a few of them. */
    List<String> complaints() {
        return complaints.stream().distinct().limit(COMPLAINTS).toList();
    }

    long failedRequests() {
        return failed.sum();
    }

    /** Tells how the products are prepared, as a shop's clickstream does: nothing arrives soon that nobody knows. */
    void tellOfProducts() throws IOException, InterruptedException {
        StringBuilder documents = new StringBuilder();
        for (String sku : shoppers.skus()) {
            documents.append("{\"_id\":\"product-").append(sku).append("\",\"_source\":{\"createdDateTime\":")
                    .append(days.now().toEpochMilli())
                    .append(",\"sessionId\":\"products\",\"eventType\":\"product_view\",\"products\":[{\"sku\":\"").append(sku)
                    .append("\",\"quantity\":1,\"stock\":100,\"handlingClass\":\"standard\"}]}}\n");
        }
        post(ingest + "/v1/events", documents.toString(), 202);
    }

    void start() {
        Future<?> _ = executor.submit(this::keepOrdering);
        Future<?> _ = executor.submit(this::deliver);
    }

    private void keepOrdering() {
        long next = System.nanoTime();
        for (int number = 0; running; number++) {
            int each = number;
            Future<?> _ = executor.submit(() -> order(each));
            next += BETWEEN_ORDERS_NANOS;
            LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
        }
    }

    private void order(int number) {
        String replica = replicas.get(number % replicas.size());
        Shoppers.Wish wish = shoppers.wish(number);
        String question = "{\"destination\":{\"country\":\"US\",\"postalCode\":\"" + wish.zipCode() + "\"},\"origin\":\"" + wish.origin()
                + "\",\"items\":[{\"sku\":\"" + wish.sku() + "\"}],\"services\":[\"" + Shoppers.SERVICE + "\"],\"customerKey\":\"c"
                + number % 997 + "\"}";
        String orderId = UUID.randomUUID().toString();
        try {
            // An answer may expire at once where its cut-off is near; a customer then asks again.
            for (int i = 0; i < RETRIES && running; i++) {
                Instant asked = days.now();
                JsonNode answer = post(replica + "/v1/predictions", question, 200);
                HttpResponse<String> promise = promise(replica,
                        "{\"token\":\"" + answer.path("token").asString() + "\",\"orderId\":\"" + orderId + "\"}");
                // A request that nobody answered for may have been carried out long after: then the order has its promise.
                boolean promisedEarlier = i > 0 && promise.statusCode() == 409 && promise.body().contains("PROMISE_CONFLICT");
                if (promise.statusCode() == 201 || promisedEarlier) {
                    parcels.add(new Parcel(orderId, shoppers.arrival(wish, asked, delayDays)));
                    return;
                }
                if (promise.statusCode() != 410) {
                    throw new IOException("a promise is answered " + promise.statusCode() + ": " + promise.body());
                }
            }
        } catch (IOException e) {
            if (running) {
                failed.increment();
                complaints.add(e.toString());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** While the store is away the same request is sent again: another one might be a second promise to the order. */
    private HttpResponse<String> promise(String replica, String body) throws IOException, InterruptedException {
        HttpResponse<String> promise = send(replica + "/v1/promises", body);
        for (int i = 0; i < RETRIES && promise.statusCode() == 503 && running; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            promise = send(replica + "/v1/promises", body);
        }
        return promise;
    }

    private void deliver() {
        while (running) {
            Parcel next = parcels.peek();
            if (next == null || next.arrives().isAfter(days.now())) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                continue;
            }
            Parcel parcel = parcels.poll();
            Future<?> _ = executor.submit(() -> scan(parcel));
        }
    }

    private void scan(Parcel parcel) {
        try {
            post(ingest + "/v1/outcomes", "{\"outcomeId\":\"" + parcel.orderId() + "\",\"orderId\":\"" + parcel.orderId()
                    + "\",\"type\":\"delivered\",\"occurredAt\":\"" + parcel.arrives() + "\"}", 202);
        } catch (IOException e) {
            complaints.add("a scan was not taken: " + e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private JsonNode post(String url, String body, int status) throws IOException, InterruptedException {
        HttpResponse<String> response = send(url, body);
        if (response.statusCode() != status) {
            throw new IOException(url + " answers " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }

    private HttpResponse<String> send(String url, String body) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).header("Content-Type", "application/json")
                .header("X-Api-Key", serverKey).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Override
    public void close() {
        running = false;
        executor.shutdown();
        try {
            if (!executor.awaitTermination(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                executor.shutdownNow();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        http.close();
    }
}
