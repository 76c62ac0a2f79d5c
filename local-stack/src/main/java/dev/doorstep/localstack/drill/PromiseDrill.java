package dev.doorstep.localstack.drill;

import dev.doorstep.localstack.stack.Service;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Promises are confirmed while one replica of prediction-service after the other is killed; every 201 must hold, byte for byte. */
final class PromiseDrill {
    static final String NAME = "promises";
    static final String DESCRIPTION = "promises are confirmed while the replicas of prediction-service die";
    private static final Service SECOND = Service.PREDICTION.nextReplica();
    private static final List<Service> REPLICAS = List.of(Service.PREDICTION, SECOND);
    private static final int KILLS = 4;
    private static final int BETWEEN_KILLS = 40;
    private static final String ORDER = """
                                        {"destination": {"country": "US", "postalCode": "94110"}, "items": [{"sku": "LMP-2041", "quantity": 1}]}""";

    private final Scene scene;
    private final String prefix;
    private final Map<String, String> promised = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong doubled = new AtomicLong();
    private volatile boolean running = true;

    PromiseDrill(Scene scene, String prefix) {
        this.scene = scene;
        this.prefix = prefix;
    }

    Result run() throws IOException, InterruptedException {
        scene.stack().restart(SECOND);
        Thread storefront = Thread.ofVirtual().name("storefront").start(this::promise);
        long healed = System.nanoTime();
        for (int kill = 0; kill < KILLS; kill++) {
            int enough = promised.size() + BETWEEN_KILLS;
            scene.await("promises are made", () -> promised.size() >= enough);
            Service victim = REPLICAS.get(kill % REPLICAS.size());
            scene.kill(victim);
            healed = System.nanoTime();
            scene.stack().restart(victim);
        }
        double recovery = Math.round((System.nanoTime() - healed) / 1e8) / 10.0;
        running = false;
        storefront.join();
        long lost = 0;
        for (Map.Entry<String, String> each : new HashMap<>(promised).entrySet()) {
            String id = scene.json(each.getValue()).path("promiseId").asString();
            HttpResponse<String> kept = scene.get(scene.stack().url(SECOND) + "/v1/promises/" + id);
            lost += kept.statusCode() == 200 && kept.body().equals(each.getValue()) ? 0 : 1;
        }
        scene.stop(SECOND);
        // A repeated request is answered with the promise that there is; an order with two would be doubled.
        long duplicate = sent.get() - refused.get() - promised.size();
        return new Result(NAME, sent.get(), promised.size(), duplicate, refused.get(), 0, 0, lost, doubled.get(), recovery, null);
    }

    /** A storefront that asks whichever replica answers, and sends the same request until it has a 201; then once more. */
    private void promise() {
        for (int order = 0; running; order++) {
            String token = null;
            for (int i = order; token == null; i++) {
                token = token(REPLICAS.get(i % REPLICAS.size()));
            }
            String request = "{\"token\":\"" + token + "\",\"orderId\":\"" + prefix + order + "\"}";
            String first = null;
            for (int i = order; first == null; i++) {
                first = promise(REPLICAS.get(i % REPLICAS.size()), request);
            }
            promised.put(prefix + order, first);
            String second = promise(REPLICAS.get((order + 1) % REPLICAS.size()), request);
            if (second != null && !second.equals(first)) {
                doubled.incrementAndGet();
            }
        }
    }

    private @Nullable String token(Service replica) {
        try {
            HttpResponse<String> response = scene.post(scene.stack().url(replica) + "/v1/predictions", ORDER);
            return response.statusCode() == 200 ? scene.json(response.body()).path("token").asString() : null;
        } catch (IOException _) {
            return pause();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private @Nullable String promise(Service replica, String request) {
        sent.incrementAndGet();
        try {
            HttpResponse<String> response = scene.post(scene.stack().url(replica) + "/v1/promises", request);
            if (response.statusCode() == 201) {
                return response.body();
            }
        } catch (IOException _) {
            // The replica died; nobody knows whether it had promised.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        refused.incrementAndGet();
        return pause();
    }

    private static @Nullable String pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        return null;
    }
}
