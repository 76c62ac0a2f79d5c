package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.KinesisClientLibDependencyException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.exceptions.ThrottlingException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * Hands on the records of one shard, and moves its checkpoint only over what Kafka has acknowledged. The lease is no fence: whoever lost it
 * may still hand on what it had read, and the events are known the second time; its checkpoint is refused. The library calls it from one
 * thread at a time.
 */
final class ShardReader implements ShardRecordProcessor {
    private static final Logger log = LoggerFactory.getLogger(ShardReader.class);
    private static final int CHECKPOINT_TRIES = 5;

    private final DocumentSink sink;
    private final Shards shards;
    private final Duration checkpointInterval;
    private final BooleanSupplier wanted;
    private final Clock clock;
    private String shard = "";
    private @Nullable KinesisClientRecord acknowledged;
    /** A batch was given up, and what comes after it may not be passed over it. */
    private boolean abandoned;
    private Instant nextCheckpoint = Instant.MIN;

    /**
     * Creates the reader of a shard.
     *
     * @param shards is told how far behind the shard is
     * @param wanted asked while Kafka is away; once it says no, records are left to whoever reads the shard next
     */
    ShardReader(DocumentSink sink, Shards shards, Duration checkpointInterval, BooleanSupplier wanted, Clock clock) {
        this.sink = sink;
        this.shards = shards;
        this.checkpointInterval = checkpointInterval;
        this.wanted = wanted;
        this.clock = clock;
    }

    @Override
    public void initialize(InitializationInput input) {
        shard = input.shardId();
        shards.begin(shard);
        log.info("source {}: reads {} from {}", KinesisSource.NAME, shard, input.extendedSequenceNumber());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
        if (abandoned) {
            return;
        }
        if (!input.records().isEmpty()) {
            abandoned = !isHandedOn(documents(input.records()));
            if (abandoned) {
                return;
            }
            acknowledged = input.records().getLast();
        }
        shards.behind(shard, Duration.ofMillis(input.millisBehindLatest() == null ? 0 : input.millisBehindLatest()));
        if (acknowledged != null && !clock.instant().isBefore(nextCheckpoint)) {
            checkpoint(input.checkpointer(), acknowledged);
        }
    }

    /** The library passes over a batch whose reader throws, so none may; only one that is no longer wanted is given up. */
    private boolean isHandedOn(List<PatientIntake.Document> documents) {
        while (true) {
            try {
                return sink.deliver(documents, wanted);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            } catch (RuntimeException e) {
                log.error("source {}: {} records of {} can't be handed on, trying on", KinesisSource.NAME, documents.size(), shard, e);
                if (!wanted.getAsBoolean() || !pause()) {
                    return false;
                }
            }
        }
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
        log.info("source {}: {} is read by another replica now", KinesisSource.NAME, shard);
        shards.end(shard);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
        if (abandoned) {
            throw new IllegalStateException("records of " + shard + " were given up; whoever reads it next gets to its end");
        }
        log.info("source {}: {} is read to its end", KinesisSource.NAME, shard);
        checkpoint(input.checkpointer(), null);
        shards.end(shard);
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
        if (acknowledged != null) {
            checkpoint(input.checkpointer(), acknowledged);
        }
        shards.end(shard);
    }

    private List<PatientIntake.Document> documents(List<KinesisClientRecord> records) {
        return records.stream().map(record -> {
            ByteBuffer data = record.data().duplicate();
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            return new PatientIntake.Document(bytes, 0, bytes.length, position(record));
        }).toList();
    }

    private String position(KinesisClientRecord record) {
        return shard + "/" + record.sequenceNumber() + (record.aggregated() ? "/" + record.subSequenceNumber() : "");
    }

    /**
     * Moves the checkpoint.
     *
     * @param record the last one before it; null for the end of the shard, without which its children are never read
     */
    private void checkpoint(RecordProcessorCheckpointer checkpointer, @Nullable KinesisClientRecord record) {
        for (int left = CHECKPOINT_TRIES; left > 0; left--) {
            try {
                if (record == null) {
                    checkpointer.checkpoint();
                } else {
                    checkpointer.checkpoint(record.sequenceNumber(), record.subSequenceNumber());
                }
                acknowledged = null;
                nextCheckpoint = clock.instant().plus(checkpointInterval);
                return;
            } catch (ShutdownException _) {
                // The lease is gone, and with it the right to say how far the shard is read.
                acknowledged = null;
                return;
            } catch (ThrottlingException | KinesisClientLibDependencyException | InvalidStateException e) {
                log.warn("source {}: the checkpoint of {} could not be kept, {} tries left: {}", KinesisSource.NAME, shard, left - 1,
                        e.toString());
                if (!pause()) {
                    return;
                }
            }
        }
        if (record == null) {
            // The library calls again; to return now would leave the children unread.
            throw new IllegalStateException("the end of " + shard + " could not be kept");
        }
    }

    private static boolean pause() {
        try {
            Thread.sleep(500);
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
