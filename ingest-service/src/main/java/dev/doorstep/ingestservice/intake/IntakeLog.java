package dev.doorstep.ingestservice.intake;

import dev.doorstep.servicekit.kafka.TopicIds;
import dev.doorstep.commonmodel.message.IngestLedger;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.ingestservice.IngestSettings;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.stereotype.Component;

/**
 * Hands records to Kafka, many in one transaction, and with each transaction what has been counted so far: readers of committed records see
 * both or neither. While one transaction is under way the next one fills, so that a lone record waits for little and a flood for few
 * round trips. Thread-safe; one thread of its own writes.
 */
@Component
public class IntakeLog implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(IntakeLog.class);
    private static final int MOST_RECORDS = 5_000;
    private static final int MOST_BYTES = 8 << 20;
    private static final long IDLE_MILLIS = 500;
    /** How long a record may wait for Kafka before its sender is told to send again. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(20);
    private static final int RECORD_OVERHEAD = 200;
    /** A flood is a few dozen records a partition in Kafka's own 16 KB, and costs it a round trip each. */
    private static final int BATCH_BYTES = 128 << 10;

    private final Map<String, Object> configuration;
    private final KafkaAdmin admin;
    private final Clock clock;
    private final int capacity;
    private final Semaphore room;
    private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final Map<String, IngestLedger.Counts> rejections = new ConcurrentHashMap<>();
    private final MessageCodec codec = new MessageCodec();
    private @Nullable Session session;
    private @Nullable Thread thread;
    private volatile boolean running;
    private volatile boolean ended;

    public IntakeLog(ProducerFactory<String, byte[]> producers, KafkaAdmin admin, IngestSettings settings, Clock clock) {
        this.configuration = new HashMap<>(producers.getConfigurationProperties());
        this.configuration.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        this.configuration.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "ingest-service-" + settings.instance());
        this.configuration.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
        this.admin = admin;
        this.clock = clock;
        this.capacity = Math.toIntExact(settings.buffer().toBytes());
        this.room = new Semaphore(capacity, true);
    }

    /** What becomes of a document whose record this is. */
    enum Kind {
        ACCEPTED, DEAD_LETTERED
    }

    private record Entry(ProducerRecord<String, byte[]> record, String source, Kind kind, CompletableFuture<Void> done, int room,
            long since) {
        IngestLedger.Counts count() {
            return kind == Kind.ACCEPTED ? new IngestLedger.Counts(1, 0, 0) : new IngestLedger.Counts(0, 1, 0);
        }

        long waited() {
            return System.nanoTime() - since;
        }
    }

    /** One life of a producer, and what has been committed in it. */
    private record Session(Producer<String, byte[]> producer, String incarnation, String topicId,
            Map<String, IngestLedger.Counts> committed) {}

    /**
     * Hands on a record. Waits while the buffer is full, which is how a flood is held back instead of being kept in memory.
     *
     * @return completes once Kafka has committed the record; fails when it has not, or when that is not known, and the document is to be
     *     sent again
     */
    CompletableFuture<Void> append(ProducerRecord<String, byte[]> record, String source, Kind kind) {
        if (!running) {
            return CompletableFuture.failedFuture(new IllegalStateException("the service is ending"));
        }
        int bytes = Math.min(capacity, record.value().length + RECORD_OVERHEAD);
        try {
            if (!room.tryAcquire(bytes, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                rejected(source);
                return CompletableFuture.failedFuture(new TimeoutException("the buffer before Kafka is full"));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            rejected(source);
            return CompletableFuture.failedFuture(new IllegalStateException("interrupted while waiting for room in the buffer"));
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        queue.add(new Entry(record, source, kind, done, bytes, System.nanoTime()));
        if (ended) {
            failWaiting();
        }
        return done;
    }

    /** Hands on the record of an outcome, which is counted apart from documents. */
    public CompletableFuture<Void> append(ProducerRecord<String, byte[]> outcome) {
        return append(outcome, Topics.OUTCOMES_SOURCE, Kind.ACCEPTED);
    }

    /** Counts a document that was refused without a dead letter. */
    public void rejected(String source) {
        rejections.merge(source, new IngestLedger.Counts(0, 0, 1), IngestLedger.Counts::plus);
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("intake-log").start(this::run);
    }

    /** Ends after what is queued has been written or given up. */
    @Override
    public void stop() {
        running = false;
        try {
            Objects.requireNonNull(thread, "started").join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the web server has stopped taking documents. */
    @Override
    public int getPhase() {
        return 0;
    }

    private void run() {
        try {
            writeUntilStopped();
        } finally {
            // Whatever ended this, nobody may wait for it for ever.
            running = false;
            ended = true;
            close();
            failWaiting();
        }
    }

    private void failWaiting() {
        IllegalStateException cause = new IllegalStateException("the service is ending");
        drain().forEach(entry -> fail(entry, cause, true));
    }

    private void writeUntilStopped() {
        while (running || !queue.isEmpty()) {
            try {
                List<Entry> batch = nextBatch();
                if (!batch.isEmpty() || (!rejections.isEmpty() && session != null)) {
                    writeOrFail(batch);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Nothing may end the one thread that writes, or leave a sender without an answer. */
    private void writeOrFail(List<Entry> batch) throws InterruptedException {
        try {
            write(batch);
        } catch (RuntimeException e) {
            log.error("writing to Kafka failed in a way that it should not", e);
            close();
            batch.stream().filter(entry -> !entry.done().isDone()).forEach(entry -> fail(entry, e, false));
        }
    }

    private List<Entry> nextBatch() throws InterruptedException {
        List<Entry> batch = new ArrayList<>();
        Entry next = queue.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        int bytes = 0;
        while (next != null) {
            if (next.waited() > PATIENCE.toNanos()) {
                fail(next, new TimeoutException("Kafka did not take the record within " + PATIENCE), true);
            } else {
                batch.add(next);
                bytes += next.room();
            }
            next = batch.size() < MOST_RECORDS && bytes < MOST_BYTES ? queue.poll() : null;
        }
        return batch;
    }

    private void write(List<Entry> batch) throws InterruptedException {
        Session current = session;
        if (current == null) {
            try {
                current = open();
                session = current;
            } catch (RuntimeException e) {
                log.warn("documents can't be handed to Kafka: {}", e.toString());
                batch.forEach(entry -> fail(entry, e, true));
                // Whatever came in meanwhile must not wait for the next try, which may take as long.
                drain().forEach(entry -> fail(entry, e, true));
                return;
            }
        }
        Map<String, IngestLedger.Counts> refused = Map.copyOf(rejections);
        Map<String, IngestLedger.Counts> totals = new HashMap<>(current.committed());
        batch.forEach(entry -> totals.merge(entry.source(), entry.count(), IngestLedger.Counts::plus));
        refused.forEach((source, count) -> totals.merge(source, count, IngestLedger.Counts::plus));
        try {
            current.producer().beginTransaction();
            for (Entry entry : batch) {
                var _ = current.producer().send(entry.record());
            }
            var _ = current.producer().send(record(current, totals));
        } catch (RuntimeException e) {
            abort(current, batch, e);
            return;
        }
        if (commit(current, batch)) {
            current.committed().putAll(totals);
            refused.forEach((source, count) -> rejections.computeIfPresent(source, (_, now) -> minus(now, count)));
            batch.forEach(this::complete);
        }
    }

    /** Whether the transaction is committed. A commit that timed out may be asked for again, and is, since it may have happened. */
    private boolean commit(Session current, List<Entry> batch) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                current.producer().commitTransaction();
                return true;
            } catch (TimeoutException e) {
                if (System.nanoTime() > deadline) {
                    log.warn("whether Kafka committed {} records is not known; their senders send them again: {}", batch.size(),
                            e.toString());
                    close();
                    batch.forEach(entry -> fail(entry, e, false));
                    return false;
                }
            } catch (ProducerFencedException e) {
                log.error("another ingest-service writes as {}; give each its own doorstep.ingest.instance",
                        configuration.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
                close();
                batch.forEach(entry -> fail(entry, e, false));
                return false;
            } catch (KafkaException e) {
                abort(current, batch, e);
                return false;
            }
        }
    }

    private void abort(Session current, List<Entry> batch, RuntimeException cause) {
        log.warn("Kafka did not take {} records: {}", batch.size(), cause.toString());
        try {
            current.producer().abortTransaction();
        } catch (RuntimeException e) {
            log.warn("the transaction could not be aborted, the next producer ends it: {}", e.toString());
            close();
        }
        batch.forEach(entry -> fail(entry, cause, true));
    }

    private Session open() {
        Producer<String, byte[]> producer = new KafkaProducer<>(configuration);
        try {
            producer.initTransactions();
            return new Session(producer, UUID.randomUUID().toString(), TopicIds.of(admin, Topics.EVENTS), new HashMap<>());
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    private void close() {
        if (session != null) {
            session.producer().close(Duration.ZERO);
            session = null;
        }
    }

    private ProducerRecord<String, byte[]> record(Session current, Map<String, IngestLedger.Counts> totals) {
        byte[] value = codec.write(new IngestLedger(current.incarnation(), current.topicId(), clock.millis(), totals));
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.LEDGER, current.incarnation(), value);
        record.headers().add(Topics.SCHEMA_HEADER, IngestLedger.SCHEMA.getBytes(StandardCharsets.US_ASCII));
        return record;
    }

    private void complete(Entry entry) {
        room.release(entry.room());
        entry.done().complete(null);
    }

    private void fail(Entry entry, RuntimeException cause, boolean certain) {
        room.release(entry.room());
        if (certain) {
            rejected(entry.source());
        }
        entry.done().completeExceptionally(certain ? cause : new CommitUnknownException(cause));
    }

    private List<Entry> drain() {
        List<Entry> waiting = new ArrayList<>();
        queue.drainTo(waiting);
        return waiting;
    }

    private static IngestLedger.@Nullable Counts minus(IngestLedger.Counts now, IngestLedger.Counts written) {
        long left = now.rejected() - written.rejected();
        return left == 0 ? null : new IngestLedger.Counts(0, 0, left);
    }
}
