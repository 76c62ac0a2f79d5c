package dev.doorstep.servicekit.health;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Something to be set up in a part that may not be there yet, such as a table or a topic: tried every second until it is done, so that
 * services and what they depend on may start in any order.
 */
public final class Preparation implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Preparation.class);
    private static final long RETRY_MILLIS = 1_000;

    private final String what;
    private final Callable<Boolean> task;
    private final ScheduledExecutorService executor = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("preparation").factory());
    private final CountDownLatch done = new CountDownLatch(1);
    private String lastProblem = "";
    private volatile boolean running;

    /**
     * Creates a preparation.
     *
     * @param what stands in the log
     * @param task returns whether it is done; an exception means not yet
     */
    public Preparation(String what, Callable<Boolean> task) {
        this.what = what;
        this.task = task;
    }

    /** Waits until it is done, or the time is up; returns whether it is. */
    public boolean awaitDone(Duration timeout) throws InterruptedException {
        return done.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void start() {
        running = true;
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::attempt, 0, RETRY_MILLIS, TimeUnit.MILLISECONDS);
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

    private void attempt() {
        try {
            if (task.call()) {
                log.info("{}: done", what);
                done.countDown();
                executor.shutdown();
            }
        } catch (Exception e) {
            // The same problem every second is one line.
            if (!e.toString().equals(lastProblem)) {
                lastProblem = e.toString();
                log.warn("{}: not yet, trying on: {}", what, lastProblem);
            }
        }
    }
}
