package dev.doorstep.modeltraining.training;

import java.io.PrintStream;
import java.time.Clock;
import java.util.Locale;

/** Tells how far training is and how long it will still take. Not thread-safe. */
public final class Progress {
    private final PrintStream out;
    private final Clock clock;
    private final long started;
    private double done;

    public Progress(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
        this.started = clock.millis();
    }

    /** Tells that everything is done. */
    public void done() {
        done = 1;
        next("done", 0);
    }

    /**
     * Tells what comes next.
     *
     * @param share of all the work that it is, 0 to 1
     */
    public void next(String what, double share) {
        double seconds = (clock.millis() - started) / 1000.0;
        String left = done < 0.05 ? "" : String.format(Locale.ROOT, ", %.0f s left", Math.ceil(seconds / done * (1 - done)));
        out.printf(Locale.ROOT, "%3.0f %% after %.0f s%s: %s%n", 100 * done, seconds, left, what);
        done = Math.min(1, done + share);
    }
}
