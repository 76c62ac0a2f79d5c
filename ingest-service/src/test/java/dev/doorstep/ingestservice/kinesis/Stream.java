package dev.doorstep.ingestservice.kinesis;

import com.google.protobuf.ByteString;
import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localparts.KinesisStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.kinesis.retrieval.kpl.Messages;

/** What tests do to a stream. */
final class Stream implements AutoCloseable {
    private final KinesisStream stream;
    private final KinesisClient kinesis;
    private final String name;

    Stream(KinesisNode node, String name) {
        this.stream = node.stream(name);
        this.kinesis = stream.client();
        this.name = name;
    }

    void create(int shards) {
        stream.create(shards);
    }

    /** Puts documents {@code FROM} to {@code TO - 1}, one a record. */
    void put(int from, int to) {
        List<PutRecordsRequestEntry> entries = new ArrayList<>();
        for (int i = from; i < to; i++) {
            entries.add(PutRecordsRequestEntry.builder().partitionKey("key-" + i).data(SdkBytes.fromUtf8String(document(i))).build());
        }
        kinesis.putRecords(request -> request.streamName(name).records(entries));
    }

    /** Puts documents as the Kinesis Producer Library aggregates them: one record for all. */
    void putAggregated(int from, int to) throws Exception {
        Messages.AggregatedRecord.Builder builder = Messages.AggregatedRecord.newBuilder().addPartitionKeyTable("all");
        for (int i = from; i < to; i++) {
            builder.addRecords(
                    Messages.Record.newBuilder().setPartitionKeyIndex(0).setData(ByteString.copyFromUtf8(document(i))));
        }
        byte[] message = builder.build().toByteArray();
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(new byte[]{(byte) 0xF3, (byte) 0x89, (byte) 0x9A, (byte) 0xC2});
        record.write(message);
        record.write(MessageDigest.getInstance("MD5").digest(message));
        kinesis.putRecord(request -> request.streamName(name).partitionKey("all").data(SdkBytes.fromByteArray(record.toByteArray())));
    }

    /** A day, unless it is set to more. */
    void keepFor(Duration retention) {
        kinesis.increaseStreamRetentionPeriod(request -> request.streamName(name).retentionPeriodHours((int) retention.toHours()));
    }

    void split() {
        stream.split();
    }

    void merge() {
        stream.merge();
    }

    @Override
    public void close() {
        stream.close();
    }

    static String document(int i) {
        return "{\"_id\":\"d-" + i + "\",\"_source\":{\"createdDateTime\":1731880381293}}";
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
