package dev.doorstep.benchmarks;

import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import java.time.Duration;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * From the instant at which a record is due on a Kinesis stream to the first prediction that sees it, beside the bare way of a record
 * through the broker; at the default polling interval of 1 s, and at a quarter of it; Kinesis allows a fifth.
 */
final class KinesisToPrediction implements Main.Benchmark {
    private static final String POLL_INTERVAL = "DOORSTEP_INGEST_KINESIS_POLLINTERVAL";

    @Override
    public void run(Figures figures) throws Exception {
        if (KinesisNode.missing() != null) {
            figures.skipped(KinesisNode.missing());
            return;
        }
        try (Stack stack = BenchmarkStack.start(Source.KINESIS); Outlet outlet = stack.outlet(Source.KINESIS)) {
            // Few enough for this machine, so that what polling costs is not what waiting costs.
            int few = EventToPrediction.RATES.getFirst();
            Histogram bare = BareKafka.latencies(stack, few, EventToPrediction.ROUND);
            figures.latencies("kafka-at-" + few + "/s", bare);
            Arrivals arrivals = new Arrivals(stack, outlet);
            restart(stack, "250ms");
            arrivals.at(100, EventToPrediction.WARM_UP);
            for (int rate : EventToPrediction.RATES) {
                Arrivals.Outcome outcome = arrivals.at(rate, EventToPrediction.ROUND);
                Arrivals.tell(figures, "polled-every-250ms-at-" + rate + "/s", outcome);
                if (!Arrivals.isSustained(outcome)) {
                    break;
                }
            }
            restart(stack, "1s");
            arrivals.at(50, Duration.ofSeconds(5));
            Arrivals.Outcome outcome = arrivals.at(few, EventToPrediction.ROUND);
            Arrivals.tell(figures, "polled-every-1s-at-" + few + "/s", outcome);
            figures.ratio(outcome.latencies().getValueAtPercentile(50) / (double) bare.getValueAtPercentile(50),
                    "kafka-at-" + few + "/s-p50");
        }
    }

    private static void restart(Stack stack, String pollInterval) {
        ChildProcess process = stack.process(Service.INGEST);
        process.close();
        stack.restart(Service.INGEST, Map.of(POLL_INTERVAL, pollInterval));
    }
}
