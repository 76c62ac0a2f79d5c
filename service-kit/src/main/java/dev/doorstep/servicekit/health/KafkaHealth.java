package dev.doorstep.servicekit.health;

import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Whether the Kafka cluster answers, as health component {@code kafka}. Asks at most once a second, however often it is asked itself. */
@Component("kafkaHealthIndicator")
public class KafkaHealth implements HealthIndicator {
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Admin admin;
    private Health last = Health.unknown().build();
    private long lastAsked = System.nanoTime() - KEPT.toNanos();

    public KafkaHealth(KafkaAdmin kafka) {
        Map<String, Object> properties = new HashMap<>(kafka.getConfigurationProperties());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        this.admin = Admin.create(properties);
    }

    @Override
    public synchronized Health health() {
        if (System.nanoTime() - lastAsked >= KEPT.toNanos()) {
            last = ask();
            lastAsked = System.nanoTime();
        }
        return last;
    }

    private Health ask() {
        try {
            int nodes = admin.describeCluster().nodes().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS).size();
            return Health.up().withDetail("nodes", nodes).build();
        } catch (ExecutionException | TimeoutException e) {
            return Health.down().withDetail("error", "the Kafka cluster does not answer: " + e.getMessage()).build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.unknown().build();
        }
    }

    @PreDestroy
    void close() {
        admin.close(Duration.ZERO);
    }
}
