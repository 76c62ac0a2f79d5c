package dev.doorstep.localstack.outlet;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.KinesisClientBuilder;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;
import software.amazon.awssdk.services.kinesis.waiters.KinesisWaiter;

/** A Kinesis stream, one document a record. Thread-safe. */
public final class KinesisOutlet implements Outlet {
    private static final Duration POLL = Duration.ofMillis(250);

    private final KinesisClient kinesis;
    private final String stream;

    /**
     * Creates one.
     *
     * @param endpoint of an emulator, which takes any credentials; null for AWS, with the credentials of the environment
     */
    public KinesisOutlet(@Nullable URI endpoint, String region, String stream) {
        KinesisClientBuilder builder = KinesisClient.builder().region(Region.of(region));
        if (endpoint != null) {
            builder.endpointOverride(endpoint)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
        }
        this.kinesis = builder.build();
        this.stream = stream;
    }

    /** For what is done to the stream itself. */
    public KinesisClient client() {
        return kinesis;
    }

    /** Waits until the stream has been created or its shards have been changed. */
    public void awaitActive() {
        try (KinesisWaiter waiter = KinesisWaiter.builder().client(kinesis)
                .overrideConfiguration(how -> how.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL))).build()) {
            waiter.waitUntilStreamExists(request -> request.streamName(stream));
        }
    }

    /** Name of the stream. */
    public String stream() {
        return stream;
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
