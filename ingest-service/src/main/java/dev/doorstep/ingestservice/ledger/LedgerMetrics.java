package dev.doorstep.ingestservice.ledger;

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
        Gauge.builder("doorstep.ledger.unbalanced", this, each -> each.last == null
                ? 0
                : (double) (each.last.total().lost() + each.last.total().doubled()))
                .description("documents that were lost or counted twice").register(registry);
        Gauge.builder("doorstep.ledger.last.balanced.seconds", this, each -> each.last == null || each.last.lastBalanced() == null
                ? 0
                : (double) each.last.lastBalanced().getEpochSecond())
                .description("epoch seconds of the last ledger that balanced").register(registry);
        Gauge.builder("doorstep.ledger.lag.records", this, each -> each.last == null ? 0 : (double) each.last.total().inFlight())
                .description("events on Kafka that are not applied").register(registry);
        Gauge.builder("doorstep.ledger.oldest.unapplied.seconds", this,
                each -> each.last == null
                        ? 0
                        : each.last.partitions().stream().mapToLong(Ledger.PartitionLag::oldestSeconds).max().orElse(0))
                .description("age of the oldest event that is not applied").register(registry);
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
