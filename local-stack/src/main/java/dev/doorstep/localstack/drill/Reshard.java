package dev.doorstep.localstack.drill;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Changes the shards of the one stream that there is. */
final class Reshard {
    private Reshard() {}

    /** Splits the first open shard in the middle of its keys. */
    static void split(KinesisClient client) {
        Shard shard = open(client).getFirst();
        BigInteger middle = new BigInteger(shard.hashKeyRange().startingHashKey())
                .add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
        client.splitShard(
                request -> request.streamName(stream(client)).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
        awaitActive(client);
    }

    /** Merges the first two. */
    static void merge(KinesisClient client) {
        List<Shard> open = open(client);
        client.mergeShards(request -> request.streamName(stream(client)).shardToMerge(open.get(0).shardId())
                .adjacentShardToMerge(open.get(1).shardId()));
        awaitActive(client);
    }

    /** In the order of their keys, so that neighbours stand beside each other. */
    private static List<Shard> open(KinesisClient client) {
        return client.listShards(request -> request.streamName(stream(client))).shards().stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted(Comparator.comparing(shard -> new BigInteger(shard.hashKeyRange().startingHashKey()))).toList();
    }

    private static String stream(KinesisClient client) {
        return client.listStreams().streamNames().getFirst();
    }

    private static void awaitActive(KinesisClient client) {
        client.waiter().waitUntilStreamExists(request -> request.streamName(stream(client)));
    }
}
