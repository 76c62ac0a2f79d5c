package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.watching.verdict.Rules;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
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

    private final ModelStore store;
    private final Rules rules;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    private final AtomicBoolean counting = new AtomicBoolean();
    private volatile Map<Key, Group> groups = Map.of();
    private volatile long countedNanos = System.nanoTime() - FRESH_NANOS - 1;

    Reliability(ModelStore store, Rules rules, Clock clock) {
        this.store = store;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * A promise of which it is known whether it was kept.
     *
     * @param positions where its delivery fell in the forecast of each model, by digest
     */
    record Kept(String version, String lane, double confidence, LocalDate day, boolean kept, Map<String, LiveState.Observed> positions) {
        Kept {
            // Releases without live calibration told none.
            positions = positions == null ? Map.of() : Map.copyOf(positions);
        }
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
     * @param count promises
     * @param from first day of their orders
     * @param to last day of their orders
     */
    public record Group(String version, String lane, double confidence, double observed, double low, double high, int count, LocalDate from,
            LocalDate to) {}

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
        LocalDate mature = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(rules.horizonDays() + 1L);
        Map<Key, List<Kept>> found = new TreeMap<>();
        for (byte[] body : store.list(ModelStore.Kind.COHORT, "")) {
            Kept kept = codec.read(body, Kept.class);
            if (!kept.day().isAfter(mature)) {
                found.computeIfAbsent(new Key(kept.version(), kept.lane(), kept.confidence()), _ -> new ArrayList<>()).add(kept);
            }
        }
        Map<Key, Group> counted = new TreeMap<>();
        found.forEach((key, all) -> counted.put(key, group(key, all)));
        groups = counted;
        countedNanos = System.nanoTime();
        return List.copyOf(counted.values());
    }

    private static Group group(Key key, List<Kept> all) {
        int n = all.size();
        int kept = (int) all.stream().filter(Kept::kept).count();
        Interval interval = BinomialConfidenceInterval.WILSON_SCORE.fromErrorRate(n, kept, ERROR_RATE);
        return new Group(key.version(), key.lane(), key.confidence(), (double) kept / n, interval.getLowerBound(), interval.getUpperBound(),
                n,
                all.stream().map(Kept::day).min(LocalDate::compareTo).orElseThrow(),
                all.stream().map(Kept::day).max(LocalDate::compareTo).orElseThrow());
    }
}
