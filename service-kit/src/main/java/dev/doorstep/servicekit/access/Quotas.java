package dev.doorstep.servicekit.access;

import dev.doorstep.featurestore.UsageStore;
import dev.doorstep.servicekit.work.Repeating;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.context.SmartLifecycle;

/**
 * Counts what callers use of their days together with all replicas and over restarts, once a second: so much later a quota may end than it
 * should. While the store is away each replica counts by itself.
 */
final class Quotas implements SmartLifecycle {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Caller> callers;
    private final UsageStore store;
    private final Clock clock;
    private final Repeating counting = new Repeating("quotas", "quotas are not counted together", Duration.ZERO, PAUSE, this::count);

    Quotas(ApiKeys keys, UsageStore store, Clock clock) {
        this.callers = keys.all().stream().filter(caller -> caller.key().perDay() != null).toList();
        this.store = store;
        this.clock = clock;
    }

    /** Counts once. */
    void count() {
        for (Caller caller : callers) {
            Caller.Use use = caller.use(clock.instant());
            caller.counted(use, store.add(caller.key().name(), use.day(), use.requests()));
        }
    }

    @Override
    public void start() {
        if (!callers.isEmpty()) {
            counting.start();
        }
    }

    @Override
    public void stop() {
        counting.stop();
        count();
    }

    @Override
    public boolean isRunning() {
        return counting.isRunning();
    }
}
