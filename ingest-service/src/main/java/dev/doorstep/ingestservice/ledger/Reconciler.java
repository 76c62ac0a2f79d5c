package dev.doorstep.ingestservice.ledger;

import dev.doorstep.servicekit.kafka.TopicIds;
import dev.doorstep.commonmodel.message.IngestLedger;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.Progress;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.SourceCounts;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.servicekit.work.Repeating;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/**
 * Balances the ledger: what ingest-service counted in its Kafka transactions against what feature-service counted in its DynamoDB
 * transactions and what lies between both. The store is read first, then the counts of ingest-service, then what lies between, then the
 * counts again: what is between must be no less than the first reading leaves and no more than the second. With nothing coming in that
 * is one number. Thread-safe.
 */
@Component
class Reconciler implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final LedgerConsumers consumers;
    private final KafkaAdmin admin;
    private final ProgressReader progress;
    private final OutcomeStore outcomes;
    private final LedgerMetrics metrics;
    private final Clock clock;
    private final Repeating looks;
    private @Nullable IngestTotals totals;
    private @Nullable Consumer<String, byte[]> events;
    private @Nullable Instant lastBalanced;

    Reconciler(LedgerConsumers consumers, KafkaAdmin admin, ProgressReader progress, OutcomeStore outcomes, LedgerMetrics metrics,
            IngestSettings settings, Clock clock) {
        this.consumers = consumers;
        this.admin = admin;
        this.progress = progress;
        this.outcomes = outcomes;
        this.metrics = metrics;
        this.clock = clock;
        Duration interval = settings.reconcileInterval();
        this.looks = new Repeating("reconciler", "the ledger can't be reckoned now", interval, interval, this::look);
    }

    @Override
    public void start() {
        looks.start();
    }

    @Override
    public void stop() {
        looks.stopNow();
        closeConsumers();
    }

    @Override
    public boolean isRunning() {
        return looks.isRunning();
    }

    private void look() {
        Ledger ledger = reconcile();
        if (!ledger.balanced()) {
            log.error("the ledger does not balance: {} documents lost, {} doubled", ledger.total().lost(), ledger.total().doubled());
        }
    }

    /**
     * Reckons the ledger as it is now.
     *
     * @throws RuntimeException when Kafka or DynamoDB does not answer
     */
    synchronized Ledger reconcile() {
        try {
            Ledger ledger = reckon();
            metrics.show(ledger);
            return ledger;
        } catch (RuntimeException e) {
            metrics.failed();
            // Whatever state the consumers are in, new ones are in none.
            closeConsumers();
            throw e;
        }
    }

    private Ledger reckon() {
        IngestTotals ingest = totals == null ? new IngestTotals(consumers.open()) : totals;
        totals = ingest;
        Consumer<String, byte[]> consumer = events == null ? consumers.open() : events;
        events = consumer;
        String topicId = TopicIds.of(admin, Topics.EVENTS);
        List<TopicPartition> partitions = consumer.partitionsFor(Topics.EVENTS).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition())).sorted(Comparator.comparingInt(TopicPartition::partition))
                .toList();
        Map<TopicPartition, Progress> applied = new HashMap<>();
        partitions.forEach(each -> applied.put(each, progress.progress(new PartitionId(each.topic(), topicId, each.partition()))));
        Map<String, IngestLedger.Counts> before = ingest.read(topicId);
        consumer.assign(partitions);
        Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        Unapplied unapplied = new Unapplied();
        List<Ledger.PartitionLag> lags = new ArrayList<>();
        for (TopicPartition each : partitions) {
            long position = Math.max(Objects.requireNonNull(applied.get(each)).nextPosition(), begins.getOrDefault(each, 0L));
            lags.add(unapplied.count(consumer, each, position, ends.getOrDefault(each, 0L), clock.millis()));
        }
        Map<String, IngestLedger.Counts> after = ingest.read(topicId);
        return ledger(before, after, sum(applied.values()), unapplied, lags);
    }

    /** Outcomes are few: they are counted on both sides, and what is between is in flight. */
    private Ledger ledger(Map<String, IngestLedger.Counts> before, Map<String, IngestLedger.Counts> after,
            Map<String, SourceCounts> applied, Unapplied unapplied, List<Ledger.PartitionLag> lags) {
        Set<String> names = new HashSet<>(after.keySet());
        names.addAll(applied.keySet());
        names.remove(Topics.OUTCOMES_SOURCE);
        if (unapplied.foreign() > 0) {
            names.add(Topics.FOREIGN_SOURCE);
        }
        Map<String, Ledger.Balance> sources = new HashMap<>();
        for (String name : names) {
            sources.put(name, Balances.of(before.getOrDefault(name, IngestLedger.Counts.NONE),
                    after.getOrDefault(name, IngestLedger.Counts.NONE), applied.getOrDefault(name, SourceCounts.NONE),
                    name.equals(Topics.FOREIGN_SOURCE) ? unapplied.foreign() : 0, unapplied.isComplete() ? unapplied.of(name) : null,
                    unapplied.offsets()));
        }
        Ledger.Balance total = sources.values().stream().reduce(Ledger.Balance.NONE, Ledger.Balance::plus);
        Instant now = clock.instant();
        if (total.isBalanced()) {
            lastBalanced = now;
        }
        return new Ledger(now, total.isBalanced(), unapplied.isComplete(), lastBalanced, total, sources,
                Ledger.Outcomes.of(after.getOrDefault(Topics.OUTCOMES_SOURCE, IngestLedger.Counts.NONE), outcomes.counts()),
                new Ledger.Stages(after, applied), lags);
    }

    private static Map<String, SourceCounts> sum(Iterable<Progress> partitions) {
        Map<String, SourceCounts> sums = new HashMap<>();
        partitions.forEach(each -> each.counts().forEach((source, counts) -> sums.merge(source, counts, SourceCounts::plus)));
        return sums;
    }

    private synchronized void closeConsumers() {
        if (totals != null) {
            totals.close();
            totals = null;
        }
        if (events != null) {
            events.close();
            events = null;
        }
    }
}
