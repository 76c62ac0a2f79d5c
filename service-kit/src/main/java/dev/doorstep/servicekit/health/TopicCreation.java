package dev.doorstep.servicekit.health;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Creates the topics that the service declares as soon as there is a broker, so that services may start in any order. */
@Component
public class TopicCreation implements SmartLifecycle {
    private static final long RETRY_MILLIS = 1_000;

    private final KafkaAdmin kafka;
    private final ScheduledExecutorService executor = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("topic-creation").factory());
    private volatile boolean running;

    public TopicCreation(KafkaAdmin kafka) {
        this.kafka = kafka;
        // Otherwise each send while the broker is away first waits for a broker to tell this name, only to label an observation.
        kafka.setClusterId("kafka");
    }

    @Override
    public void start() {
        running = true;
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(() -> {
            if (kafka.initialize()) {
                executor.shutdown();
            }
        }, 0, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        running = false;
        executor.shutdownNow();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the consumers. */
    @Override
    public int getPhase() {
        return 0;
    }
}
