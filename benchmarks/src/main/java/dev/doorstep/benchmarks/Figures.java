package dev.doorstep.benchmarks;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints the figures of one benchmark. */
final class Figures {
    private static final double NANOS_PER_MILLI = 1e6;

    private final String name;
    private final PrintStream out;

    Figures(String name, PrintStream out) {
        this.name = name;
        this.out = out;
    }

    void value(String metric, double value, String unit) {
        out.printf(Locale.ROOT, "%s %s %s %s%n", name, metric, shown(value), unit);
    }

    /** Says why there are none. */
    void skipped(String why) {
        out.printf(Locale.ROOT, "%s skipped %s%n", name, why);
    }

    void ratio(double value, String reference) {
        out.printf(Locale.ROOT, "%s ratio %.3f %s%n", name, value, reference);
    }

    /** The middle and the slow end of latencies recorded in nanoseconds. */
    void latencies(String metric, Histogram nanos) {
        value(metric + "-p50", nanos.getValueAtPercentile(50) / NANOS_PER_MILLI, "ms");
        value(metric + "-p99", nanos.getValueAtPercentile(99) / NANOS_PER_MILLI, "ms");
    }

    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static String shown(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.3f", value);
    }
}
