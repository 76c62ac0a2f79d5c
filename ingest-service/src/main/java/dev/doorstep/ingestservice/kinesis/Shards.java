package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which shards this replica reads, and how far behind it is on each, as {@code doorstep.kinesis.iterator.age.seconds}. Thread-safe. */
final class Shards {
    private final SourceStatus status;
    private final MultiGauge ages;
    private final Clock clock;
    private final String stream;
    private final Map<String, Instant> readUpTo = new HashMap<>();

    Shards(String stream, SourceStatus status, MeterRegistry metrics, Clock clock) {
        this.stream = stream;
        this.status = status;
        this.clock = clock;
        this.ages = MultiGauge.builder("doorstep.kinesis.iterator.age.seconds").description("age of what is read next of a shard")
                .register(metrics);
    }

    synchronized void begin(String shard) {
        behind(shard, Duration.ZERO);
    }

    /** How old what is read next is now; it grows older while nothing is read. */
    synchronized void behind(String shard, Duration age) {
        readUpTo.put(shard, clock.instant().minus(age));
        show();
    }

    synchronized void end(String shard) {
        readUpTo.remove(shard);
        show();
    }

    private void show() {
        ages.register(readUpTo.entrySet().stream().map(each -> MultiGauge.Row.of(Tags.of("shard", each.getKey()),
                () -> Duration.between(each.getValue(), clock.instant()).toMillis() / 1_000.0)).toList(), true);
        Optional<Instant> oldest = readUpTo.values().stream().min(Instant::compareTo);
        if (oldest.isEmpty()) {
            status.standby("other replicas read the shards of " + stream);
        } else {
            status.reading("reads " + readUpTo.size() + " shards of " + stream);
            status.readUpTo(oldest.get());
        }
    }
}
