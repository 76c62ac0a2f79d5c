package dev.doorstep.localparts;

import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.awssdk.services.kinesis.waiters.KinesisWaiter;

/** A stream of the emulator, and what is done to its shards; each change returns when it is made. Not thread-safe. */
public final class KinesisStream implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(250);

    private final KinesisClient client;
    private final String name;

    KinesisStream(String endpoint, String region, String name) {
        this.client = KinesisClient.builder().endpointOverride(URI.create(endpoint)).region(Region.of(region))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))).build();
        this.name = name;
    }

    /** For what else is done to it. */
    public KinesisClient client() {
        return client;
    }

    /** Creates it where it is not there yet. */
    public void create(int shards) {
        if (!client.listStreams().streamNames().contains(name)) {
            client.createStream(request -> request.streamName(name).shardCount(shards));
        }
        awaitActive();
    }

    /** Splits the first open shard in the middle of its keys. */
    public void split() {
        Shard shard = open().getFirst();
        BigInteger middle = firstKey(shard).add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
        client.splitShard(request -> request.streamName(name).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
        awaitActive();
    }

    /** Merges the first two open shards. */
    public void merge() {
        List<Shard> open = open();
        client.mergeShards(request -> request.streamName(name).shardToMerge(open.get(0).shardId())
                .adjacentShardToMerge(open.get(1).shardId()));
        awaitActive();
    }

    @Override
    public void close() {
        client.close();
    }

    /** In the order of their keys, so that neighbours stand beside each other. */
    private List<Shard> open() {
        return client.listShards(request -> request.streamName(name)).shards().stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted(Comparator.comparing(KinesisStream::firstKey)).toList();
    }

    private static BigInteger firstKey(Shard shard) {
        return new BigInteger(shard.hashKeyRange().startingHashKey());
    }

    private void awaitActive() {
        try (KinesisWaiter waiter = KinesisWaiter.builder().client(client)
                .overrideConfiguration(how -> how.backoffStrategyV2(BackoffStrategy.fixedDelay(POLL))).build()) {
            waiter.waitUntilStreamExists(request -> request.streamName(name));
        }
    }
}
