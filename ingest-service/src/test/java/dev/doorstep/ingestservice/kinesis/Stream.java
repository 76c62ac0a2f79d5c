package dev.doorstep.ingestservice.kinesis;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.retrieval.kpl.Messages;

/** What tests do to a stream. */
final class Stream implements AutoCloseable {
    private final KinesisClient kinesis;
    private final String name;

    Stream(String endpoint, String name) {
        this.kinesis = KinesisClients.writing(URI.create(endpoint), "eu-central-1");
        this.name = name;
    }

    void create(int shards) {
        kinesis.createStream(request -> request.streamName(name).shardCount(shards));
        awaitActive();
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

    /** Splits the first open shard in the middle. */
    void split() {
        Shard shard = open().getFirst();
        BigInteger start = new BigInteger(shard.hashKeyRange().startingHashKey());
        BigInteger middle = start.add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
        kinesis.splitShard(request -> request.streamName(name).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
        awaitActive();
    }

    /** Merges two neighbours. */
    void merge() {
        List<Shard> open = open();
        for (Shard one : open) {
            for (Shard other : open) {
                if (new BigInteger(one.hashKeyRange().endingHashKey()).add(BigInteger.ONE)
                        .equals(new BigInteger(other.hashKeyRange().startingHashKey()))) {
                    kinesis.mergeShards(
                            request -> request.streamName(name).shardToMerge(one.shardId()).adjacentShardToMerge(other.shardId()));
                    awaitActive();
                    return;
                }
            }
        }
        throw new IllegalStateException("no two neighbours: " + open);
    }

    List<Shard> open() {
        return kinesis.listShards(request -> request.streamName(name)).shards().stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null).toList();
    }

    @Override
    public void close() {
        kinesis.close();
    }

    static String document(int i) {
        return "{\"_id\":\"d-" + i + "\",\"_source\":{\"createdDateTime\":1731880381293}}";
    }

    private void awaitActive() {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> kinesis.describeStreamSummary(request -> request.streamName(name))
                .streamDescriptionSummary().streamStatusAsString().equals("ACTIVE"));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
