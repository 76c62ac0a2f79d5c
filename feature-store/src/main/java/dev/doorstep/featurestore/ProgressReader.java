package dev.doorstep.featurestore;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Reads how far partitions have been applied. Strongly consistent. Thread-safe. */
public final class ProgressReader {
    private final DynamoDbClient client;
    private final String table;

    public ProgressReader(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.features(settings);
    }

    /** A partition's progress, {@link Progress#START} where it has none. */
    public Progress progress(PartitionId partition) {
        return Items.progress(client
                .getItem(request -> request.tableName(table).key(Items.progressKey(partition).map()).consistentRead(true)).item());
    }
}
