package dev.doorstep.benchmarks;

import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import java.time.Duration;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * From {@code POST /v1/events} to the first prediction that sees it, with everything on this machine, beside the bare way of a record
 * through the same broker.
 */
final class EventToPrediction implements Main.Benchmark {
    static final Duration WARM_UP = Duration.ofSeconds(60);
    static final Duration ROUND = Duration.ofSeconds(10);
    static final List<Integer> RATES = List.of(10, 100, 1_000, 5_000);
    /** Of the most that a crowded machine applied: at that itself, events wait longer and longer. */
    private static final double WELL_BELOW = 0.6;
    private static final int WARM_UP_RATE = 300;

    @Override
    public void run(Figures figures) throws Exception {
        try (Stack stack = BenchmarkStack.start(); Outlet outlet = stack.outlet(Source.HTTP)) {
            Arrivals arrivals = new Arrivals(stack, outlet);
            arrivals.at(WARM_UP_RATE, WARM_UP);
            for (int rate : RATES) {
                Histogram bare = BareKafka.latencies(stack, rate, ROUND);
                Arrivals.Outcome outcome = arrivals.at(rate, ROUND);
                Arrivals.tell(figures, "at-" + rate + "/s", outcome);
                figures.latencies("kafka-at-" + rate + "/s", bare);
                figures.ratio(outcome.latencies().getValueAtPercentile(50) / (double) bare.getValueAtPercentile(50),
                        "kafka-at-" + rate + "/s-p50");
                if (!Arrivals.isSustained(outcome)) {
                    int less = (int) (outcome.applied() * WELL_BELOW);
                    figures.value("well-below-rate", less, "events/s");
                    Arrivals.tell(figures, "well-below", arrivals.at(less, ROUND));
                    break;
                }
            }
        }
    }
}
