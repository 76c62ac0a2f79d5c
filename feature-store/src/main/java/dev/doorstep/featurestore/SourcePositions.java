package dev.doorstep.featurestore;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/**
 * Keeps how far sources have been read that keep no position themselves, and who reads them: one replica at a time has a lease on each.
 * The lease is no fence; whoever has lost it may not move the position any more, and what both have read is known the second time.
 * Thread-safe.
 */
public final class SourcePositions {
    private static final String PARTITION = "source-positions";

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;

    public SourcePositions(DynamoDbClient client, StoreSettings settings, Clock clock) {
        this.client = client;
        this.table = Tables.features(settings);
        this.clock = clock;
    }

    /**
     * How far a source has been read.
     *
     * @param readTo everything before this time has been handed on, epoch milliseconds; {@link Long#MIN_VALUE} where nothing was read yet
     * @param done whether the source is read to its end
     */
    public record Position(long readTo, boolean done) {
        public static final Position START = new Position(Long.MIN_VALUE, false);
    }

    /** Takes the lease on a source, or makes it longer; false while someone else has it. */
    public boolean claim(String source, String owner, Duration lease) {
        return Leases.claim(client, table, key(source), owner, lease, clock);
    }

    /** Gives the lease back, so that another replica need not wait for its end. */
    public void release(String source, String owner) {
        Leases.release(client, table, key(source), owner);
    }

    /** When a source was begun, by whichever replica was first; now, where none was. Milliseconds. */
    public Instant begun(String source) {
        return Instant.ofEpochMilli(Attributes.of(client.updateItem(request -> request.tableName(table).key(key(source))
                .updateExpression("SET begunAt = if_not_exists(begunAt, :now)")
                .expressionAttributeValues(Map.of(":now", Attributes.number(clock.millis()))).returnValues(ReturnValue.ALL_NEW))
                .attributes()).longOr("begunAt", clock.millis()));
    }

    /** How far a source has been read, {@link Position#START} where it never was. Strongly consistent. */
    public Position read(String source) {
        Attributes item = Attributes.of(client.getItem(request -> request.tableName(table).key(key(source)).consistentRead(true)).item());
        return new Position(item.longOr("readTo", Long.MIN_VALUE), item.longOr("done", 0) == 1);
    }

    /** Keeps how far a source has been read; false when the lease went to someone else. */
    public boolean save(String source, String owner, Position position) {
        return ConditionalWrites.update(client,
                request -> request.tableName(table).key(key(source)).updateExpression("SET readTo = :readTo, done = :done")
                        .conditionExpression("leaseOwner = :owner")
                        .expressionAttributeValues(Map.of(":owner", AttributeValue.fromS(owner), ":readTo",
                                Attributes.number(position.readTo()), ":done", Attributes.number(position.done() ? 1 : 0))));
    }

    private static Map<String, AttributeValue> key(String source) {
        return Attributes.key(PARTITION, source).map();
    }
}
