package dev.doorstep.localstack.outlet;

import dev.doorstep.featurestore.AwsAccess;
import java.io.IOException;
import java.net.URI;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

/** A Kinesis stream, one document a record. Thread-safe. */
public final class KinesisOutlet implements Outlet {
    private final KinesisClient kinesis;
    private final String stream;

    /**
     * Creates one.
     *
     * @param endpoint of an emulator, which takes any credentials; null for AWS, with the credentials of the environment
     */
    public KinesisOutlet(@Nullable URI endpoint, String region, String stream) {
        this.kinesis = AwsAccess.at(KinesisClient.builder(), endpoint, region).build();
        this.stream = stream;
    }

    @Override
    public BitSet send(List<byte[]> documents) throws IOException {
        try {
            List<PutRecordsResultEntry> results = kinesis.putRecords(request -> request.streamName(stream)
                    .records(documents.stream().map(document -> PutRecordsRequestEntry.builder().partitionKey(UUID.randomUUID().toString())
                            .data(SdkBytes.fromByteArray(document)).build()).toList()))
                    .records();
            BitSet acknowledged = new BitSet();
            for (int i = 0; i < results.size(); i++) {
                acknowledged.set(i, results.get(i).errorCode() == null);
            }
            return acknowledged;
        } catch (SdkException e) {
            throw new IOException("stream " + stream + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String source() {
        return "kinesis";
    }

    @Override
    public void close() {
        kinesis.close();
    }
}
