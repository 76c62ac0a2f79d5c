package dev.doorstep.benchmarks;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Predictions at a fixed rate until it is closed, each counted from the instant at which it was due: a server that stalls does not make the
 * load wait for it. Thread-safe.
 */
final class SteadyLoad implements AutoCloseable {
    private static final Pattern VERSION = Pattern.compile("\"version\":\"([^\"]+)\"");

    private final HttpClient http;
    private final HttpRequest request;
    private final long periodNanos;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final Histogram latencies = new ConcurrentHistogram(3);
    private final LongAdder failed = new LongAdder();
    /** When each version's first and last answers were there, {@link System#nanoTime()}. */
    private final Map<String, Long> first = new ConcurrentHashMap<>();
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private volatile boolean running = true;

    private SteadyLoad(HttpClient http, HttpRequest request, int perSecond) {
        this.http = http;
        this.request = request;
        this.periodNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Begins. */
    static SteadyLoad start(HttpClient http, HttpRequest request, int perSecond) {
        SteadyLoad load = new SteadyLoad(http, request, perSecond);
        Future<?> _ = load.executor.submit(load::send);
        return load;
    }

    private void send() {
        for (long due = System.nanoTime(); running; due += periodNanos) {
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            long wanted = due;
            Future<?> _ = executor.submit(() -> ask(wanted));
        }
    }

    private void ask(long due) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            long now = System.nanoTime();
            Matcher version = VERSION.matcher(answer.body());
            if (answer.statusCode() != 200 || !version.find()) {
                failed.increment();
                return;
            }
            latencies.recordValue(now - due);
            first.merge(version.group(1), now, Math::min);
            last.merge(version.group(1), now, Math::max);
        } catch (IOException _) {
            failed.increment();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Of answers with 200, nanoseconds. */
    Histogram latencies() {
        return latencies;
    }

    /** Requests that were not answered with 200. */
    long failed() {
        return failed.sum();
    }

    /** When a version first answered, by {@link System#nanoTime()}; the end of time where it did not. */
    long first(String version) {
        return first.getOrDefault(version, Long.MAX_VALUE);
    }

    /** When a version last answered; the beginning of time where it did not. */
    long last(String version) {
        return last.getOrDefault(version, Long.MIN_VALUE);
    }

    /** Ends once all that was sent is answered. */
    @Override
    public void close() {
        running = false;
        executor.close();
    }
}
