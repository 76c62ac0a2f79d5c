package dev.doorstep.modeltraining.evaluation;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a training comes to, in one sentence. */
public final class Sentence {
    private Sentence() {}

    /** Late rate and average promised days, theirs against ours. */
    public static String of(Evaluation.Result result) {
        boolean promised = result.references().containsKey("promised");
        String name = promised ? "promised" : "calendar";
        Map<String, Metrics> references = result.references();
        Metrics theirs = java.util.Objects.requireNonNull(references.get(name));
        return String.format(Locale.ROOT,
                "%s late for %.1f %% of %,d orders and %.2f days long on average; %s, and at confidence %.1f it is"
                        + " late for %.1f %% of all %,d at %.2f days.",
                promised ? "The file's own promises were" : "The carrier-and-calendar table was", 100 * theirs.lateRate(), theirs.rows(),
                theirs.averagePromisedDays(), beside(theirs.averagePromisedDays(), result.atEqualLateRate().get(name)), Score.CONFIDENCE,
                100 * result.model().lateRate(), result.model().rows(), result.model().averagePromisedDays());
    }

    private static String beside(double theirs, @Nullable Double ours) {
        return ours == null
                ? "so rarely late this model is at no confidence"
                : String.format(Locale.ROOT, "at the same late rate this model promises %.2f days, %.2f days %s", ours,
                        Math.abs(theirs - ours), theirs >= ours ? "shorter" : "longer");
    }
}
