package dev.doorstep.ingestservice.kinesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.exceptions.ThrottlingException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;

class ShardReaderTest {
    private final List<String> checkpoints = new ArrayList<>();
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final List<String> delivered = new ArrayList<>();
    private final RecordProcessorCheckpointer checkpointer = (RecordProcessorCheckpointer) Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[]{RecordProcessorCheckpointer.class}, (_, _, arguments) -> {
                checkpoints.add(String.valueOf(arguments[0]));
                return null;
            });

    @Test
    void processRecords_afterABatchThatWasGivenUp_movesNothingAnyMore() {
        // 1. Kafka is away and the service is ending: the second batch is given up.
        ShardReader reader = reader(documents -> delivered.size() != 1, () -> false);
        reader.processRecords(input("1"));
        reader.processRecords(input("2"));
        // 2. Kafka is back. What comes after the batch that was given up may not be passed over it.
        reader.processRecords(input("3"));
        reader.shutdownRequested(ShutdownRequestedInput.builder().checkpointer(checkpointer).build());
        assertThatThrownBy(() -> reader.shardEnded(ShardEndedInput.builder().checkpointer(checkpointer).build()))
                .hasMessageStartingWith("records of shard were given up");
        assertThat(checkpoints).containsExactly("1");
        assertThat(delivered).containsExactly("1", "2");
    }

    @Test
    void processRecords_sinkThatThrows_isTriedAgain() {
        ShardReader reader = reader(documents -> {
            if (delivered.size() == 1) {
                throw new IllegalStateException("once");
            }
            return true;
        }, () -> true);
        reader.processRecords(input("1"));
        reader.processRecords(input("2"));
        // The library would skip a batch whose reader throws.
        assertThat(delivered).containsExactly("1", "2", "2");
        assertThat(checkpoints).containsExactly("1", "2");
    }

    @Test
    void checkpoint_thatIsThrottled_isTriedAgain_andOneWithoutLeaseIsNot() {
        List<Exception> refusals = new ArrayList<>(List.of(new ThrottlingException("slow down"), new ThrottlingException("slow down")));
        AtomicInteger asked = new AtomicInteger();
        RecordProcessorCheckpointer refusing = (RecordProcessorCheckpointer) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[]{RecordProcessorCheckpointer.class}, (_, _, _) -> {
                    asked.incrementAndGet();
                    if (!refusals.isEmpty()) {
                        throw refusals.removeFirst();
                    }
                    return null;
                });
        reader(_ -> true, () -> true).shardEnded(ShardEndedInput.builder().checkpointer(refusing).build());
        assertThat(asked).as("the end of a shard is always kept").hasValue(3);
        refusals.add(new ShutdownException("the lease is someone else's"));
        reader(_ -> true, () -> true).shardEnded(ShardEndedInput.builder().checkpointer(refusing).build());
        assertThat(asked).as("whoever lost the lease keeps nothing").hasValue(4);
    }

    /** What autoscalers go by. */
    @Test
    void processRecords_tellsHowFarBehindTheShardIs() {
        reader(_ -> true, () -> true).processRecords(input("1", 40_000));
        assertThat(metrics.get("doorstep.kinesis.iterator.age.seconds").tag("shard", "shard").gauge().value()).isBetween(40.0, 100.0);
        assertThat(metrics.get("doorstep.ingest.source.delay.seconds").gauge().value()).isBetween(40.0, 100.0);
    }

    private interface Taking {
        boolean take(List<PatientIntake.Document> documents);
    }

    private ShardReader reader(Taking taking, BooleanSupplier wanted) {
        DocumentSink sink = new DocumentSink() {
            @Override
            public String name() {
                return "a test";
            }

            @Override
            public boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier asked) {
                try {
                    return taking.take(documents);
                } finally {
                    documents.forEach(each -> delivered.add(each.position().replaceAll(".*/", "")));
                }
            }
        };
        ShardReader reader = new ShardReader(sink,
                new Shards("clicks", new SourceStatus("kinesis", metrics, Clock.systemUTC()), metrics, Clock.systemUTC()), Duration.ZERO,
                wanted,
                Clock.systemUTC());
        reader.initialize(
                InitializationInput.builder().shardId("shard").extendedSequenceNumber(ExtendedSequenceNumber.TRIM_HORIZON).build());
        return reader;
    }

    private ProcessRecordsInput input(String sequenceNumber) {
        return input(sequenceNumber, 0);
    }

    private ProcessRecordsInput input(String sequenceNumber, long millisBehind) {
        return ProcessRecordsInput.builder().checkpointer(checkpointer).millisBehindLatest(millisBehind)
                .records(List.of(
                        KinesisClientRecord.builder().sequenceNumber(sequenceNumber).data(ByteBuffer.wrap(new byte[]{'{', '}'})).build()))
                .build();
    }
}
