package dev.doorstep.servicekit.health;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** The health of something that has to be asked. It is asked at most once a second, however often this is. Thread-safe. */
public final class ProbedHealth implements HealthIndicator {
    private static final Duration KEPT = Duration.ofSeconds(1);

    private final Probe probe;
    private Health last = Health.unknown().build();
    private long lastAsked = System.nanoTime() - KEPT.toNanos();

    /** Asks once; returns details to show, or throws what is wrong. It must come back within a few seconds. */
    @FunctionalInterface
    public interface Probe {
        Map<String, Object> ask() throws Exception;
    }

    public ProbedHealth(Probe probe) {
        this.probe = probe;
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
            return Health.up().withDetails(probe.ask()).build();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Health.unknown().build();
        } catch (Exception e) {
            return Health.down().withDetail("error", "it does not answer: " + e).build();
        }
    }
}
