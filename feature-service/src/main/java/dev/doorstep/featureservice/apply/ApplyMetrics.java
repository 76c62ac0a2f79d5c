package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.featurestore.Effects;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Counts what became of records, once it is certain. */
@Component
class ApplyMetrics {
    private static final String RECORDS = "doorstep.features.records";

    private final MeterRegistry registry;
    private final Clock clock;
    private final Counter applied;
    private final Counter duplicate;
    private final Counter contended;
    private final Counter skipped;
    private final Timer delay;

    ApplyMetrics(MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.applied = registry.counter(RECORDS, "result", "applied", "reason", "NONE");
        this.duplicate = registry.counter(RECORDS, "result", "duplicate", "reason", "NONE");
        this.contended = registry.counter("doorstep.features.transactions.contended");
        this.skipped = registry.counter("doorstep.features.offsets.expired");
        this.delay = Timer.builder("doorstep.features.delay").description("from first receipt of an event to its features in the store")
                .publishPercentileHistogram().maximumExpectedValue(Duration.ofMinutes(10)).register(registry);
    }

    void applied(Effects effects, int duplicates, List<RefusedRecord> deadLetters) {
        applied.increment(effects.events().size());
        duplicate.increment(duplicates);
        deadLetters.forEach(refused -> registry
                .counter(RECORDS, "result", "dead-lettered", "reason", refused.reason().code().name()).increment());
        long now = clock.millis();
        for (EventRecord event : effects.events()) {
            delay.record(Duration.ofMillis(Math.max(0, now - event.receivedAt())));
        }
    }

    void contended() {
        contended.increment();
    }

    /** Records that Kafka dropped before they were applied. */
    void expired(long offsets) {
        skipped.increment((double) offsets);
    }
}
