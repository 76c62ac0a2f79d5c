package dev.doorstep.localstack.drill;

import dev.doorstep.localstack.outlet.Outlet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A store's clickstream: sends documents at a steady rate and keeps sending each until it is acknowledged. Some can't be used, some are
 * sent again although they were acknowledged. Keeps what it sent and what was acknowledged; thread-safe.
 */
final class Traffic implements AutoCloseable {
    static final int SESSIONS = 40;
    static final int SKUS = 10;
    static final long AT = 1731880381293L;
    /** Documents of one request. */
    static final int BATCH = 50;
    private static final int BAD_EVERY = 97;
    private static final int AGAIN_EVERY = 10;
    private static final long MILLIS_APART = 10;
    private static final long PAUSE_MILLIS = 200;

    private final Outlet outlet;
    private final String prefix;
    private final BitSet acknowledged = new BitSet();
    private final BitSet attempted = new BitSet();
    private final Map<Integer, Integer> acknowledgements = new HashMap<>();
    private long sent;
    private long notAcknowledged;
    private int next;
    private volatile boolean running;
    private @Nullable Thread thread;

    /** Takes over the outlet. */
    Traffic(Outlet outlet, String prefix) {
        this.outlet = outlet;
        this.prefix = prefix;
    }

    /** Goes on sending until it is stopped. */
    void start() {
        running = true;
        thread = Thread.ofVirtual().name("traffic").start(() -> {
            int batches = 0;
            while (running) {
                List<Integer> batch = nextBatch(BATCH);
                sendUntilAcknowledged(batch);
                if (++batches % AGAIN_EVERY == 0) {
                    send(batch);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
            }
        });
    }

    /** Sends no new documents; returns once all that were begun are acknowledged. */
    void stop() throws InterruptedException {
        running = false;
        if (thread != null) {
            thread.join();
        }
    }

    /** Sends many documents in one body, until all are acknowledged. */
    void burst(int documents) {
        sendUntilAcknowledged(nextBatch(documents));
    }

    /** Sends everything that was acknowledged once more. */
    void again() {
        List<Integer> all = new ArrayList<>(acknowledgedNumbers().stream().boxed().toList());
        for (int from = 0; from < all.size(); from += 1_000) {
            sendUntilAcknowledged(all.subList(from, Math.min(all.size(), from + 1_000)));
        }
    }

    /** Name of the source on which its documents come in. */
    String source() {
        return outlet.source();
    }

    String prefix() {
        return prefix;
    }

    synchronized long sent() {
        return sent;
    }

    /** Documents of requests that were not answered, or were answered that they were not taken. */
    synchronized long notAcknowledged() {
        return notAcknowledged;
    }

    synchronized BitSet acknowledgedNumbers() {
        return (BitSet) acknowledged.clone();
    }

    synchronized BitSet attemptedNumbers() {
        return (BitSet) attempted.clone();
    }

    /** How many usable documents were acknowledged. */
    synchronized long acknowledgedGood() {
        return acknowledged.stream().filter(number -> !isBad(number)).count();
    }

    /** How many times documents that can't be used were acknowledged: each time is a dead letter of its own. */
    synchronized long acknowledgedBad() {
        return acknowledgements.entrySet().stream().filter(each -> isBad(each.getKey())).mapToLong(Map.Entry::getValue).sum();
    }

    /** How many of the documents that can't be used were acknowledged, however often. */
    synchronized long acknowledgedBadOnce() {
        return acknowledged.stream().filter(Traffic::isBad).count();
    }

    static boolean isBad(int number) {
        return number % BAD_EVERY == BAD_EVERY - 1;
    }

    static int session(int number) {
        return number % SESSIONS;
    }

    static int sku(int number) {
        return number % SKUS;
    }

    /** Later ones have later times, as a store's have. */
    private static long at(int number) {
        return AT + number * MILLIS_APART;
    }

    String id(int number) {
        return prefix + number;
    }

    @Override
    public void close() {
        running = false;
        if (thread != null) {
            thread.interrupt();
        }
        outlet.close();
    }

    private synchronized List<Integer> nextBatch(int count) {
        List<Integer> batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            batch.add(next++);
        }
        return batch;
    }

    private void sendUntilAcknowledged(List<Integer> batch) {
        List<Integer> left = batch;
        while (!left.isEmpty() && !Thread.currentThread().isInterrupted()) {
            left = send(left);
            if (!left.isEmpty()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
            }
        }
    }

    /** Sends once; returns what was not acknowledged. */
    private List<Integer> send(List<Integer> batch) {
        synchronized (this) {
            sent += batch.size();
            batch.forEach(attempted::set);
        }
        List<Integer> left = new ArrayList<>(batch);
        try {
            BitSet taken = outlet.send(batch.stream().map(this::document).toList());
            left.clear();
            for (int i = 0; i < batch.size(); i++) {
                if (!taken.get(i)) {
                    left.add(batch.get(i));
                }
            }
        } catch (IOException _) {
            // The service is away; nobody knows what it took.
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            notAcknowledged += left.size();
            List<Integer> taken = new ArrayList<>(batch);
            taken.removeAll(new HashSet<>(left));
            taken.forEach(number -> {
                acknowledged.set(number);
                acknowledgements.merge(number, 1, Integer::sum);
            });
        }
        return left;
    }

    private byte[] document(int number) {
        String document = isBad(number)
                ? "{\"_id\":\"" + id(number) + "\",\"_source\":{\"createdDateTime\":" + at(number) + ",\"products\":\"none\"}}"
                : "{\"_id\":\"" + id(number) + "\",\"_source\":{\"createdDateTime\":" + at(number) + ",\"sessionId\":\"" + prefix + 's'
                        + session(number)
                        + "\",\"eventType\":\"product_view\",\"products\":[{\"sku\":\"" + prefix + "sku" + sku(number) + "\"}]}}";
        return document.getBytes(StandardCharsets.UTF_8);
    }
}
