package dev.doorstep.watching.verdict;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one check says of a candidate.
 *
 * @param check its name
 * @param result pass, fail or no data
 * @param value what was observed
 * @param threshold what the value is held against
 * @param evidence e-value against "the candidate is within the threshold": it fails at {@code needed}
 * @param needed evidence that makes it fail; 0 where the value alone decides
 * @param count observations that it rests on
 * @param window what they are
 * @param rollsBack whether its failing rolls back; else it alerts only, since it can't tell the candidate from the world
 */
public record Verdict(String check, Result result, double value, double threshold, double evidence, double needed, long count,
        String window, boolean rollsBack) {
    /** Results of a check; {@link #NO_DATA} is never a pass. */
    public enum Result {
        PASS, FAIL, NO_DATA;

        /** Name in answers. */
        @JsonValue
        public String wireName() {
            return WireName.of(this);
        }
    }

    /** What to say of a candidate that these have failed. */
    public static String failed(List<Verdict> verdicts) {
        return verdicts.stream().map(Verdict::check).collect(Collectors.joining(", ", "failed: ", ""));
    }
}
