package dev.doorstep.ingestservice.source;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/** Pauses between tries, each twice as long as the one before, up to a longest one. Not thread-safe. */
public final class Pauses {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final ExponentialBackOff backOff;
    private BackOffExecution next;

    public Pauses(Duration first, Duration longest) {
        this.backOff = new ExponentialBackOff(first.toMillis(), 2);
        backOff.setMaxInterval(longest.toMillis());
        this.next = backOff.start();
    }

    /** Waits for the next pause. */
    public void sleep() throws InterruptedException {
        Thread.sleep(next.nextBackOff());
    }

    /** Begins with the first pause again. */
    public void reset() {
        next = backOff.start();
    }

    /**
     * Tries until nothing is left.
     *
     * @param attempt tries what is left, and returns what is left of it then
     * @param wanted asked between two tries; once it says no, this gives up
     * @return whether nothing is left
     */
    public static <T> boolean untilNoneLeft(List<T> items, UnaryOperator<List<T>> attempt, BooleanSupplier wanted)
            throws InterruptedException {
        Pauses pauses = new Pauses(FIRST, LONGEST);
        List<T> left = items;
        while (!left.isEmpty()) {
            left = attempt.apply(left);
            if (!left.isEmpty()) {
                if (!wanted.getAsBoolean()) {
                    return false;
                }
                pauses.sleep();
            }
        }
        return true;
    }
}
