package dev.doorstep.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** Sends requests, as many as it can or at a fixed rate. */
final class Load {
    private static final int CONNECTIONS = 16;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /**
     * Requests per second with 16 connections that each wait for their answer: by wrk where it is installed, since it leaves more of the
     * machine to the server, else by this JVM.
     */
    double closed(String url, String body, Duration duration) throws IOException, InterruptedException {
        return hasWrk() ? wrk(url, body, duration) : own(url, body, duration);
    }

    /**
     * Latencies in nanoseconds at a fixed rate, each counted from the instant at which the request was due: a server that stalls does not
     * make the load wait for it.
     */
    Histogram fixedRate(String url, String body, int perSecond, Duration duration) throws InterruptedException {
        SteadyLoad load = steady(url, body, perSecond);
        try (load) {
            Thread.sleep(duration);
        }
        if (load.failed() > 0) {
            throw new IllegalStateException(load.failed() + " requests of " + url + " failed");
        }
        return load.latencies();
    }

    /** Begins to ask for predictions at a fixed rate. */
    SteadyLoad steady(String url, String body, int perSecond) {
        return SteadyLoad.start(http, request(url, body), perSecond);
    }

    /** Waits until a service that is starting answers. */
    void awaitAnswer(String url, String body) throws InterruptedException {
        for (int i = 0; i < 300; i++) {
            if (isOk(url, body)) {
                return;
            }
            Thread.sleep(200);
        }
        throw new IllegalStateException(url + " does not answer");
    }

    /** What is at an address. */
    String get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Sends one request; returns whether it was answered with 2xx. */
    boolean isOk(String url, String body) {
        try {
            return http.send(request(url, body), HttpResponse.BodyHandlers.discarding()).statusCode() / 100 == 2;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The answer to one request. */
    String answer(String url, String body) throws IOException, InterruptedException {
        return http.send(request(url, body), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static HttpRequest request(String url, String body) {
        return HttpRequest.newBuilder(URI.create(url)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    private double own(String url, String body, Duration duration) throws InterruptedException {
        AtomicLong answered = new AtomicLong();
        long end = System.nanoTime() + duration.toNanos();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CONNECTIONS; i++) {
                executor.execute(() -> {
                    while (System.nanoTime() < end && isOk(url, body)) {
                        answered.incrementAndGet();
                    }
                });
            }
            executor.shutdown();
            executor.awaitTermination(duration.toSeconds() + 30, TimeUnit.SECONDS);
        }
        return answered.get() / (duration.toMillis() / 1000.0);
    }

    private static boolean hasWrk() {
        return List.of(System.getenv("PATH").split(":", -1)).stream().anyMatch(directory -> Files.isExecutable(Path.of(directory, "wrk")));
    }

    private static double wrk(String url, String body, Duration duration) throws IOException, InterruptedException {
        Path script = Files.createTempFile("doorstep", ".lua");
        try {
            Files.writeString(script,
                    "wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [[" + body + "]]\n");
            Process process = new ProcessBuilder("wrk", "-t1", "-c" + CONNECTIONS, "-d" + duration.toSeconds() + "s", "-s",
                    script.toString(), url)
                    .redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            Matcher rate = Pattern.compile("Requests/sec:\\s+([0-9.]+)").matcher(output);
            if (process.waitFor() != 0 || !rate.find() || output.contains("Non-2xx")) {
                throw new IllegalStateException("wrk failed: " + output);
            }
            return Double.parseDouble(rate.group(1));
        } finally {
            Files.delete(script);
        }
    }
}
