package dev.doorstep.predictionservice.registry;

import dev.doorstep.watching.verdict.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why serving changes.
 *
 * @param actor who decides: the subject of a token, or {@link #AUTOMATION}
 * @param requestId of the request that asks for it, or null
 * @param reason in words, or null
 * @param figures the verdicts that it rests on
 */
public record Cause(String actor, @Nullable String requestId, @Nullable String reason, List<Verdict> figures) {
    /** Nobody asked: figures did. */
    public static final String AUTOMATION = "automation";

    public Cause {
        figures = List.copyOf(figures);
    }

    /** The same with a reason. */
    public Cause because(String why) {
        return new Cause(actor, requestId, why, figures);
    }

    /** Of a decision that nobody asked for. */
    public static Cause automation(String reason, List<Verdict> figures) {
        return new Cause(AUTOMATION, null, reason, figures);
    }
}
