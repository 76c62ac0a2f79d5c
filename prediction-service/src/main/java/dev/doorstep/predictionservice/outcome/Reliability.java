package dev.doorstep.predictionservice.outcome;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** What was observed of promises, in whole cohorts that are mature. Counted again once a minute at most, beside the answers. Thread-safe. */
@Component
public class Reliability {
    private static final Logger log = LoggerFactory.getLogger(Reliability.class);
    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();
    private static final double ERROR_RATE = 0.05;

    private final Cohorts cohorts;
    private final AtomicLong unknown = new AtomicLong();
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Map<Key, Group> groups = Map.of();
    private volatile long countedNanos = System.nanoTime() - FRESH_NANOS - 1;

    Reliability(Cohorts cohorts, MeterRegistry metrics) {
        this.cohorts = cohorts;
        Gauge.builder("doorstep.promises.unknown", unknown, AtomicLong::get)
                .description("mature promises that count nowhere, since of their days too little is known")
                .register(metrics);
    }

    private record Key(String version, String lane, double confidence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byVersion = version.compareTo(other.version);
            int byLane = byVersion == 0 ? lane.compareTo(other.lane) : byVersion;
            return byLane == 0 ? Double.compare(confidence, other.confidence) : byLane;
        }
    }

    /**
     * Promises of one model, lane group and confidence.
     *
     * @param version of the model
     * @param lane lane or region, or what the answer rested on where no model answered
     * @param confidence that was asked for
     * @param observed share that was kept
     * @param low lower end of its 95 % interval (Wilson 1927)
     * @param high upper end of its 95 % interval
     * @param count promises of which it is known whether they were kept
     * @param overdue how many of them were not since nothing has come by the horizon
     * @param from first day of their orders
     * @param to last day of their orders
     */
    public record Group(String version, String lane, double confidence, double observed, double low, double high, int count, int overdue,
            LocalDate from, LocalDate to) {}

    /** Of one group as it was counted last, or null where it has no mature promise; never waits. */
    public @Nullable Group of(String version, String lane, double confidence) {
        if (System.nanoTime() - countedNanos > FRESH_NANOS && counting.compareAndSet(false, true)) {
            Thread.startVirtualThread(() -> {
                try {
                    count();
                } catch (RuntimeException e) {
                    log.warn("promises can't be counted now: {}", e.toString());
                } finally {
                    counting.set(false);
                }
            });
        }
        return groups.get(new Key(version, lane, confidence));
    }

    /** All groups, counted now. */
    List<Group> count() {
        Map<Key, Tally> tallies = new TreeMap<>();
        long left = 0;
        for (Cohorts.Counted day : cohorts.counted()) {
            for (Cohorts.Count each : day.counts()) {
                left += each.unknown();
                if (each.count() == 0) {
                    continue;
                }
                tallies.merge(new Key(each.version(), each.lane(), each.confidence()),
                        new Tally(each.count(), each.kept(), each.overdue(), day.day(), day.day()), Tally::plus);
            }
        }
        Map<Key, Group> counted = new TreeMap<>();
        tallies.forEach((key, tally) -> counted.put(key, group(key, tally)));
        groups = counted;
        unknown.set(left);
        countedNanos = System.nanoTime();
        return List.copyOf(counted.values());
    }

    private record Tally(int count, int kept, int overdue, LocalDate from, LocalDate to) {
        private Tally plus(Tally later) {
            return new Tally(count + later.count, kept + later.kept, overdue + later.overdue, from, later.to);
        }
    }

    private static Group group(Key key, Tally tally) {
        Interval interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(tally.count(), tally.kept(), ERROR_RATE);
        return new Group(key.version(), key.lane(), key.confidence(), (double) tally.kept() / tally.count(), interval.getLowerBound(),
                interval.getUpperBound(), tally.count(), tally.overdue(), tally.from(), tally.to());
    }
}
