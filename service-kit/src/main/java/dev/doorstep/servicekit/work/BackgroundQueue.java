package dev.doorstep.servicekit.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that nobody waits for: it is taken into a bounded queue or not at all, and done on a thread of its own. Thread-safe.
 *
 * @param <T> what is worked on
 */
public final class BackgroundQueue<T> {
    private static final Logger log = LoggerFactory.getLogger(BackgroundQueue.class);

    private final String name;
    private final BlockingQueue<T> queue;
    private final Consumer<T> work;
    private volatile @Nullable Thread thread;

    /**
     * Creates a queue; {@link #start} begins the work.
     *
     * @param name of the thread
     * @param capacity items that may wait, 1 or more
     * @param work on one item; what it throws is logged, and the next one is worked on
     */
    public BackgroundQueue(String name, int capacity, Consumer<T> work) {
        this.name = name;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.work = work;
    }

    /** Takes an item; never waits, and returns false when there is no room. */
    public boolean offer(T item) {
        return queue.offer(item);
    }

    /** Items that wait. */
    public int size() {
        return queue.size();
    }

    /** Begins the work. */
    public void start() {
        Thread started = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread = started;
        started.start();
    }

    /** Ends the work after the item at hand, and gives back what still waits. */
    public List<T> stop() {
        Thread running = thread;
        thread = null;
        if (running != null) {
            running.interrupt();
        }
        List<T> left = new ArrayList<>();
        queue.drainTo(left);
        return left;
    }

    /** Whether it was started and not stopped. */
    public boolean isRunning() {
        return thread != null;
    }

    private void run() {
        try {
            while (thread != null) {
                T item = queue.take();
                try {
                    work.accept(item);
                } catch (RuntimeException | Error e) {
                    // One item whose work runs out of stack or heap must not end that on all the others.
                    log.error("{} failed at one item, going on", name, e);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
