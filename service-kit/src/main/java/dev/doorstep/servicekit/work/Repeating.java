package dev.doorstep.servicekit.work;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something that is done again and again on a thread of its own, whatever happens: a failure is told once for as long as it stays the same,
 * and the next try comes in its time. Thread-safe.
 */
public final class Repeating {
    private static final Logger log = LoggerFactory.getLogger(Repeating.class);

    private final String problem;
    private final Task task;
    private final Duration first;
    private final Duration pause;
    private final ThreadFactory threads;
    private @Nullable ScheduledExecutorService executor;
    /** One time at once, also where it was started again before the last one had ended. */
    private final Object turn = new Object();
    private String lastProblem = "";
    private volatile boolean running;

    /** What is done. */
    @FunctionalInterface
    public interface Task {
        /** Does it once. */
        void run() throws Exception;
    }

    /**
     * Creates something to be repeated; {@link #start} begins.
     *
     * @param name of the thread
     * @param problem what the log says when it fails, such as {@code replays wait}
     * @param first before the first time
     * @param pause between the end of one time and the next
     */
    public Repeating(String name, String problem, Duration first, Duration pause, Task task) {
        this.problem = problem;
        this.task = task;
        this.first = first;
        this.pause = pause;
        this.threads = Thread.ofPlatform().name(name).daemon().factory();
    }

    /** Begins, also after it was stopped. */
    public synchronized void start() {
        if (executor != null) {
            return;
        }
        running = true;
        executor = Executors.newSingleThreadScheduledExecutor(threads);
        ScheduledFuture<?> _ = executor.scheduleWithFixedDelay(this::attempt, first.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends, without waiting for what is being done. */
    public void stop() {
        end(ScheduledExecutorService::shutdown);
    }

    /** Ends, and interrupts what is being done. */
    public void stopNow() {
        end(ScheduledExecutorService::shutdownNow);
    }

    private synchronized void end(Consumer<ScheduledExecutorService> how) {
        running = false;
        if (executor != null) {
            how.accept(executor);
            executor = null;
        }
    }

    /** Whether it was started and not stopped. */
    public boolean isRunning() {
        return running;
    }

    private void attempt() {
        synchronized (turn) {
            try {
                task.run();
                lastProblem = "";
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                // Whatever left here would end the schedule for good.
                if (!e.toString().equals(lastProblem)) {
                    lastProblem = e.toString();
                    log.warn("{}, trying on: {}", problem, lastProblem);
                }
            }
        }
    }
}
