package dev.doorstep.modeltraining.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SentenceTest {
    private static final Metrics MODEL = metrics(1_000, 0.101, 3.25);

    @Test
    void referenceAsLateAsTheModelCanBe_isBesideIt() {
        assertThat(Sentence.of(result("promised", 0.08, 5, Map.of("promised", 3.5))))
                .isEqualTo("The file's own promises were late for 8.0 % of"
                        + " 800 orders and 5.00 days long on average; at the same late rate this model promises 3.50 days, 1.50 days shorter, and at"
                        + " confidence 0.9 it is late for 10.1 % of all 1,000 at 3.25 days.");
    }

    /** Promises may be so long that none is broken. */
    @Test
    void referenceMoreRarelyLateThanTheModelEverIs_isNotComparedAtItsRate() {
        assertThat(Sentence.of(result("calendar", 0, 30, Map.of())))
                .isEqualTo("The carrier-and-calendar table was late for 0.0 % of 800 orders"
                        + " and 30.00 days long on average; so rarely late this model is at no confidence, and at confidence 0.9 it is late for"
                        + " 10.1 % of all 1,000 at 3.25 days.");
    }

    private static Evaluation.Result result(String reference, double lateRate, double days, Map<String, Double> atEqualLateRate) {
        return new Evaluation.Result(MODEL, MODEL, Map.of(reference, metrics(800, lateRate, days)), atEqualLateRate, null);
    }

    private static Metrics metrics(int rows, double lateRate, double days) {
        return new Metrics(rows, Map.of(), Map.of(), 1, lateRate, days, 0, 0, 0, 0, null, null);
    }
}
