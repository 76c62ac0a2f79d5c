package dev.doorstep.ingestservice.ledger;

import java.util.function.ToDoubleFunction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Exports the last ledger. Thread-safe. */
@Component
class LedgerMetrics {
    private static final String RECONCILIATIONS = "doorstep.ledger.reconciliations";

    private final MultiGauge documents;
    private final Counter done;
    private final Counter failed;
    private volatile @Nullable Ledger last;

    LedgerMetrics(MeterRegistry registry) {
        this.documents = MultiGauge.builder("doorstep.ledger.documents").description("documents by source and what became of them")
                .register(registry);
        this.done = registry.counter(RECONCILIATIONS, "result", "done");
        this.failed = registry.counter(RECONCILIATIONS, "result", "failed");
        gauge(registry, "unbalanced", "documents that were lost or counted twice",
                ledger -> (double) (ledger.total().lost() + ledger.total().doubled()));
        gauge(registry, "last.balanced.seconds", "epoch seconds of the last ledger that balanced",
                ledger -> ledger.lastBalanced() == null ? 0 : (double) ledger.lastBalanced().getEpochSecond());
        gauge(registry, "lag.records", "events on Kafka that are not applied", ledger -> (double) ledger.total().inFlight());
        gauge(registry, "oldest.unapplied.seconds", "age of the oldest event that is not applied",
                ledger -> (double) ledger.partitions().stream().mapToLong(Ledger.PartitionLag::oldestSeconds).max().orElse(0));
    }

    /** 0 until there is a ledger. */
    private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<Ledger> value) {
        Gauge.builder("doorstep.ledger." + name, () -> last == null ? 0 : value.applyAsDouble(last)).description(description)
                .register(registry);
    }

    void show(Ledger ledger) {
        last = ledger;
        done.increment();
        List<MultiGauge.Row<?>> rows = new ArrayList<>();
        ledger.sources().forEach((source, balance) -> Map.of("received", balance.received(), "applied", balance.applied(), "duplicate",
                balance.duplicate(), "rejected", balance.rejected(), "dead-lettered", balance.deadLettered(), "in-flight",
                balance.inFlight(), "lost", balance.lost(), "doubled", balance.doubled())
                .forEach((became, count) -> rows.add(MultiGauge.Row.of(Tags.of("source", source, "became", became), count))));
        documents.register(rows, true);
    }

    void failed() {
        failed.increment();
    }
}
