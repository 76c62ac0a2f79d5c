package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Which shards this replica reads, and how far behind it is on each, as {@code doorstep.kinesis.iterator.age.seconds}. Thread-safe. */
final class Shards {
    private final SourceStatus status;
    private final MultiGauge ages;
    private final Clock clock;
    private final String stream;
    private final Map<String, Duration> behind = new HashMap<>();

    Shards(String stream, SourceStatus status, MeterRegistry metrics, Clock clock) {
        this.stream = stream;
        this.status = status;
        this.clock = clock;
        this.ages = MultiGauge.builder("doorstep.kinesis.iterator.age.seconds").description("age of what is read next of a shard")
                .register(metrics);
    }

    synchronized void begin(String shard) {
        behind.put(shard, Duration.ZERO);
        show();
    }

    synchronized void behind(String shard, Duration age) {
        behind.put(shard, age);
        show();
    }

    synchronized void end(String shard) {
        behind.remove(shard);
        show();
    }

    private void show() {
        ages.register(behind.entrySet().stream()
                .map(each -> MultiGauge.Row.of(Tags.of("shard", each.getKey()), each.getValue().toMillis() / 1_000.0)).toList(), true);
        if (behind.isEmpty()) {
            status.standby("other replicas read the shards of " + stream);
        } else {
            status.reading("reads " + behind.size() + " shards of " + stream);
            status.readUpTo(clock.instant().minus(behind.values().stream().max(Duration::compareTo).orElse(Duration.ZERO)));
        }
    }
}
