package dev.doorstep.servicekit.health;

import dev.doorstep.servicekit.work.Repeating;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final String what;
    private final Callable<Boolean> task;
    private final Repeating tries;
    private final CountDownLatch done = new CountDownLatch(1);

    /**
     * Creates a preparation.
     *
     * @param what stands in the log
     * @param task returns whether it is done; an exception means not yet
     */
    public Preparation(String what, Callable<Boolean> task) {
        this.what = what;
        this.task = task;
        this.tries = new Repeating("preparation", what + ": not yet", Duration.ZERO, RETRY, this::attempt);
    }

    /** Waits until it is done, or the time is up; returns whether it is. */
    public boolean awaitDone(Duration timeout) throws InterruptedException {
        return done.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void start() {
        tries.start();
    }

    @Override
    public void stop() {
        tries.stopNow();
    }

    @Override
    public boolean isRunning() {
        return tries.isRunning();
    }

    /** Before the consumers. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void attempt() throws Exception {
        if (task.call()) {
            log.info("{}: done", what);
            done.countDown();
            tries.stop();
        }
    }
}
