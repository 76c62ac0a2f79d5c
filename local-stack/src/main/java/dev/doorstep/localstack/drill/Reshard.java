package dev.doorstep.localstack.drill;

import dev.doorstep.localstack.outlet.KinesisOutlet;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.services.kinesis.model.Shard;

/** Changes the shards of a stream. */
final class Reshard {
    private Reshard() {}

    /** Splits the first open shard in the middle of its keys. */
    static void split(KinesisOutlet stream) {
        Shard shard = open(stream).getFirst();
        BigInteger middle = new BigInteger(shard.hashKeyRange().startingHashKey())
                .add(new BigInteger(shard.hashKeyRange().endingHashKey())).shiftRight(1);
        stream.client().splitShard(
                request -> request.streamName(stream.stream()).shardToSplit(shard.shardId()).newStartingHashKey(middle.toString()));
        stream.awaitActive();
    }

    /** Merges the first two. */
    static void merge(KinesisOutlet stream) {
        List<Shard> open = open(stream);
        stream.client().mergeShards(request -> request.streamName(stream.stream()).shardToMerge(open.get(0).shardId())
                .adjacentShardToMerge(open.get(1).shardId()));
        stream.awaitActive();
    }

    /** In the order of their keys, so that neighbours stand beside each other. */
    private static List<Shard> open(KinesisOutlet stream) {
        return stream.client().listShards(request -> request.streamName(stream.stream())).shards().stream()
                .filter(shard -> shard.sequenceNumberRange().endingSequenceNumber() == null)
                .sorted(Comparator.comparing(shard -> new BigInteger(shard.hashKeyRange().startingHashKey()))).toList();
    }
}
