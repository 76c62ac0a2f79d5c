package dev.doorstep.watching.sequential;

import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Several test martingales side by side, by their logarithms. Their average is one as well. */
final class Mixture {
    private Mixture() {}

    /** None has seen anything. */
    static List<Double> start(int count) {
        return Collections.nCopies(count, 0.0);
    }

    /** Each after more was seen. */
    static List<Double> with(List<Double> logs, IntToDoubleFunction gain) {
        return IntStream.range(0, logs.size()).mapToObj(i -> logs.get(i) + gain.applyAsDouble(i)).toList();
    }

    /** The average: an e-value, 1 where nothing is known. */
    static double evidence(List<Double> logs) {
        return logs.stream().mapToDouble(Math::exp).sum() / logs.size();
    }
}
