package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.intake.DocumentSink;
import dev.doorstep.ingestservice.intake.PatientIntake;
import dev.doorstep.ingestservice.source.Pauses;
import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * Writes documents to a stream as they are, one a record, and tries again until Kinesis has acknowledged each; it may then hold a document
 * twice, and never not at all. A document that no record can hold becomes a dead letter here. Thread-safe.
 */
final class KinesisSink implements DocumentSink, AutoCloseable {
    /** Kinesis' limits of one request and, unless a stream is set to more, of one record with its key. */
    private static final int MOST_RECORDS = 500;
    private static final int MOST_BYTES = 5 << 20;
    private static final int MOST_RECORD_BYTES = 1 << 20;
    private static final int MOST_KEY = 256;

    private final KinesisClient kinesis;
    private final String stream;
    private final Refusals refusals;
    private final SourceStatus status;
    private final DocumentSink deadLetters;
    private final Counter written;

    /**
     * Takes over the client.
     *
     * @param refusals words what keeps it from writing
     * @param status hears that, since the source can't go on
     * @param deadLetters gets what no record can hold
     */
    KinesisSink(KinesisClient kinesis, String stream, Refusals refusals, SourceStatus status, DocumentSink deadLetters,
            MeterRegistry metrics) {
        this.refusals = refusals;
        this.status = status;
        this.kinesis = kinesis;
        this.stream = stream;
        this.deadLetters = deadLetters;
        this.written = Counter.builder("doorstep.bridge.records").description("documents that Kinesis has acknowledged").register(metrics);
    }

    @Override
    public String name() {
        return "stream " + stream;
    }

    @Override
    public boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier wanted) throws InterruptedException {
        List<PatientIntake.Document> tooLong = new ArrayList<>();
        List<PutRecordsRequestEntry> batch = new ArrayList<>();
        int bytes = 0;
        for (PatientIntake.Document document : documents) {
            int size = document.length() + MOST_KEY;
            if (size > MOST_RECORD_BYTES) {
                tooLong.add(document);
                continue;
            }
            if (batch.size() == MOST_RECORDS || bytes + size > MOST_BYTES) {
                if (!written(List.copyOf(batch), wanted)) {
                    return false;
                }
                batch.clear();
                bytes = 0;
            }
            batch.add(entry(document));
            bytes += size;
        }
        return written(batch, wanted) && deadLetters.deliver(tooLong, wanted);
    }

    private boolean written(List<PutRecordsRequestEntry> entries, BooleanSupplier wanted) throws InterruptedException {
        try {
            return Pauses.untilNoneLeft(entries, this::attempt, wanted);
        } finally {
            // Also where it was given up: who does not write any more is not kept from it.
            status.refused(name(), null);
        }
    }

    @Override
    public void close() {
        kinesis.close();
    }

    private static PutRecordsRequestEntry entry(PatientIntake.Document document) {
        String position = document.position();
        return PutRecordsRequestEntry.builder().partitionKey(position.substring(Math.max(0, position.length() - MOST_KEY / 4)))
                .data(SdkBytes.fromByteArray(Arrays.copyOfRange(document.array(), document.offset(),
                        document.offset() + document.length())))
                .build();
    }

    /** Returns what was not acknowledged. */
    private List<PutRecordsRequestEntry> attempt(List<PutRecordsRequestEntry> entries) {
        try {
            PutRecordsResponse response = kinesis.putRecords(request -> request.streamName(stream).records(entries));
            List<PutRecordsRequestEntry> left = new ArrayList<>();
            for (int i = 0; i < entries.size(); i++) {
                if (response.records().get(i).errorCode() != null) {
                    left.add(entries.get(i));
                }
            }
            written.increment(entries.size() - left.size());
            return left;
        } catch (SdkException e) {
            status.refused(name(), refusals.line(e, "doorstep.ingest.bridge"));
            return entries;
        }
    }
}
