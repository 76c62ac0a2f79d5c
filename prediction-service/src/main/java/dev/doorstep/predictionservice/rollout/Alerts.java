package dev.doorstep.predictionservice.rollout;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.watching.verdict.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.retry.RetryException;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells people: in the log, as a metric, and to the webhook and the SNS topic of the settings. The same alert is not repeated for a while,
 * and one that can't be delivered is tried for an hour, each failure counted. Thread-safe; nobody waits for a delivery.
 */
@Component
class Alerts {
    private static final Logger log = LoggerFactory.getLogger(Alerts.class);
    private static final Duration QUIET = Duration.ofMinutes(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    /** An hour or so in all: who restarts what receives alerts must still get them. */
    private static final RetryPolicy TRIES = RetryPolicy.builder().maxRetries(70).delay(Duration.ofMillis(250)).multiplier(2)
            .maxDelay(Duration.ofMinutes(1)).excludes(InterruptedException.class).build();

    private final Cache<String, Boolean> raised = Caffeine.newBuilder().expireAfterWrite(QUIET).maximumSize(1_000).build();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    private final RetryTemplate retry = new RetryTemplate(TRIES);
    private final List<Channel> channels = new ArrayList<>();
    private final JsonMapper json;
    private final MeterRegistry metrics;
    private final Clock clock;

    Alerts(RolloutSettings settings, List<SnsClient> sns, JsonMapper json, MeterRegistry metrics, Clock clock) {
        this.json = json;
        this.metrics = metrics;
        this.clock = clock;
        if (settings.webhook() != null) {
            HttpRequest.Builder request = HttpRequest.newBuilder(settings.webhook()).timeout(TIMEOUT).header("Content-Type",
                    "application/json");
            channels.add(new Channel("webhook", body -> {
                int status = http.send(request.copy().POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                        HttpResponse.BodyHandlers.discarding()).statusCode();
                if (status >= 300) {
                    throw new IOException("it answered " + status);
                }
            }));
        }
        sns.forEach(client -> channels
                .add(new Channel("sns", body -> client.publish(request -> request.topicArn(settings.topicArn()).message(body)))));
    }

    private interface Delivery {
        void send(String body) throws IOException, InterruptedException;
    }

    private record Channel(String name, Delivery delivery) {}

    /**
     * An alert as it is sent.
     *
     * @param alert its name
     * @param version of the model that it is about
     * @param reason in words
     * @param at when
     * @param figures that it rests on
     */
    record Alert(String alert, String version, String reason, Instant at, List<Verdict> figures) {}

    /** Raises an alert. */
    void raise(String name, String version, String reason, List<Verdict> figures) {
        if (raised.asMap().putIfAbsent(name + "/" + version + "/" + reason, true) != null) {
            return;
        }
        log.error("alert {}: model {} {}", name, version, reason);
        metrics.counter("doorstep.rollout.alerts", "alert", name).increment();
        String body = json.writeValueAsString(new Alert(name, version, reason, clock.instant(), figures));
        for (Channel channel : channels) {
            Future<?> _ = executor.submit(() -> deliver(channel, body));
        }
    }

    private void deliver(Channel channel, String body) {
        try {
            retry.<Boolean>execute(() -> {
                try {
                    channel.delivery().send(body);
                    return true;
                } catch (IOException | RuntimeException e) {
                    log.warn("an alert could not be sent to the {}: {}", channel.name(), e.toString());
                    // Each try: whoever watches this can't wait for the last one.
                    metrics.counter("doorstep.rollout.alerts.delivered", "channel", channel.name(), "result", "failed").increment();
                    throw e;
                }
            });
            metrics.counter("doorstep.rollout.alerts.delivered", "channel", channel.name(), "result", "sent").increment();
        } catch (RetryException e) {
            if (e.getCause() instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.error("an alert was not sent to the {}, in {} tries: {}", channel.name(), e.getRetryCount() + 1, body);
        }
    }

    /** Lets what is under way arrive. */
    @PreDestroy
    void close() throws InterruptedException {
        executor.shutdown();
        try {
            executor.awaitTermination(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } finally {
            executor.shutdownNow();
            http.close();
        }
    }
}
