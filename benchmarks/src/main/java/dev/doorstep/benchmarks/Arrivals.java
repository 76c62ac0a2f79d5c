package dev.doorstep.benchmarks;

import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Events that come in at a fixed rate on one way, those that are due within 20 ms together, and how long it takes from the instant at
 * which each was due until a prediction sees it.
 */
final class Arrivals {
    private static final Duration TICK = Duration.ofMillis(20);
    /** How many of the events are looked for at the most. */
    private static final int SAMPLES_PER_SECOND = 10;
    /** How many are looked for at once: looking costs the machine more than what is looked at. */
    private static final int LOOKERS = 2;
    private static final long SHORTEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final int PRODUCTS = 500;
    private static final double MOST_DRAIN_SECONDS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Load load = new Load();
    private final Stack stack;
    private final Outlet outlet;
    private final Ledger ledger;

    Arrivals(Stack stack, Outlet outlet) {
        this.stack = stack;
        this.outlet = outlet;
        this.ledger = new Ledger(stack);
    }

    /**
     * What came of a rate.
     *
     * @param latencies nanoseconds from due to seen
     * @param applied events per second, from the first one until all were in the store
     * @param drainSeconds how long after the last one was sent all were in the store
     */
    record Outcome(Histogram latencies, double applied, double drainSeconds) {}

    Outcome at(int perSecond, Duration duration) throws IOException, InterruptedException {
        Histogram latencies = new ConcurrentHistogram(3);
        String run = Long.toString(System.nanoTime());
        long receivedBefore = ledger.received(outlet.source());
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long count = duration.toNanos() / period;
        long every = Math.max(1, perSecond / SAMPLES_PER_SECOND);
        Semaphore lookers = new Semaphore(LOOKERS);
        long started = System.nanoTime();
        long ended;
        double total;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            long next = 0;
            while (next < count) {
                long now = System.nanoTime();
                List<byte[]> batch = new ArrayList<>();
                for (; next < count && started + next * period <= now; next++) {
                    String session = run + "-" + next;
                    batch.add(event(session, (int) (next % PRODUCTS)));
                    long due = started + next * period;
                    if (next % every == 0 && lookers.tryAcquire()) {
                        executor.execute(() -> {
                            awaitVisible(session, due);
                            latencies.recordValue(System.nanoTime() - due);
                            lookers.release();
                        });
                    }
                }
                executor.execute(() -> send(batch));
                LockSupport.parkNanos(TICK.toNanos());
            }
            ended = System.nanoTime();
            total = awaitApplied(receivedBefore + count, started);
        }
        return new Outcome(latencies, count / total, Math.max(0, total - (ended - started) / 1e9));
    }

    /** Whether what came in was in the store soon after the last of it. */
    static boolean isSustained(Outcome outcome) {
        return outcome.drainSeconds() <= MOST_DRAIN_SECONDS;
    }

    /** Tells what came of a rate; of one that the store can't keep up with, {@code applied} is the highest that it can. */
    static void tell(Figures figures, String name, Outcome outcome) {
        figures.latencies(name, outcome.latencies());
        figures.value(name + "-looked-for", (double) outcome.latencies().getTotalCount(), "events");
        figures.value(name + "-applied", outcome.applied(), "events/s");
        figures.value(name + "-drain", outcome.drainSeconds(), "s");
    }

    /** A sender that is told to come again does; the time it takes counts. */
    private void send(List<byte[]> batch) {
        List<byte[]> left = batch;
        while (!left.isEmpty()) {
            try {
                BitSet taken = outlet.send(left);
                List<byte[]> again = new ArrayList<>();
                for (int i = 0; i < left.size(); i++) {
                    if (!taken.get(i)) {
                        again.add(left.get(i));
                    }
                }
                left = again;
            } catch (IOException _) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private double awaitApplied(long received, long started) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ledger.received(outlet.source()) < received || ledger.inFlight() > 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not all events were applied within " + PATIENCE);
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        return (System.nanoTime() - started) / 1e9;
    }

    /** Looks as often as tells the time to a twentieth. */
    private void awaitVisible(String session, long due) {
        String body = "{\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"},\"items\":[{\"sku\":\"p-1\"}],\"sessionId\":\""
                + session + "\"}";
        try {
            while (load.answer(stack.url(Service.PREDICTION) + "/v1/predictions", body).contains("SESSION_UNKNOWN")) {
                LockSupport.parkNanos(Math.clamp((System.nanoTime() - due) / 20, SHORTEST_LOOK_NANOS, LONGEST_LOOK_NANOS));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] event(String session, int product) {
        return ("{\"_id\":\"" + session + "\",\"_source\":{\"createdDateTime\":" + Clock.systemUTC().millis()
                + ",\"eventType\":\"product_view\",\"sessionId\":\"" + session + "\",\"products\":[{\"sku\":\"p-" + product
                + "\",\"stock\":5,\"handlingClass\":\"standard\"}],\"shipping\":{\"country\":\"US\",\"postalCode\":\"94110\"}}}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
