package dev.doorstep.featurestore;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A lease on an item: one owner at a time, for as long as it goes on claiming. It is no fence: writes need a condition of their own. */
final class Leases {
    private Leases() {}

    /** Takes the lease, or makes it longer; false while someone else has it. */
    static boolean claim(DynamoDbClient client, String table, Map<String, AttributeValue> key, String owner, Duration lease, Clock clock) {
        long now = clock.millis();
        return ConditionalWrites.update(client,
                request -> request.tableName(table).key(key).updateExpression("SET leaseOwner = :owner, leaseUntil = :until")
                        .conditionExpression("attribute_not_exists(leaseOwner) OR leaseUntil < :now OR leaseOwner = :owner")
                        .expressionAttributeValues(Map.of(":owner", AttributeValue.fromS(owner), ":until",
                                Attributes.number(now + lease.toMillis()), ":now", Attributes.number(now))));
    }

    /** Gives the lease back, so that nobody need wait for its end. */
    static void release(DynamoDbClient client, String table, Map<String, AttributeValue> key, String owner) {
        ConditionalWrites.update(client,
                request -> request.tableName(table).key(key).updateExpression("REMOVE leaseOwner, leaseUntil")
                        .conditionExpression("leaseOwner = :owner")
                        .expressionAttributeValues(Map.of(":owner", AttributeValue.fromS(owner))));
    }
}
