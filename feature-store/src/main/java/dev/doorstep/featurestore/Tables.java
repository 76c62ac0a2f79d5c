package dev.doorstep.featurestore;

import java.util.List;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/**
 * The tables. {@code PREFIX-features} holds events, sessions, counters, profiles and progress, so that one transaction covers them;
 * {@code PREFIX-promises} holds promises. Both have a partition key {@code pk}, a sort key {@code sk} and a time to live
 * {@code expiresAt} in epoch seconds.
 */
public final class Tables {
    static final String PARTITION_KEY = "pk";
    static final String SORT_KEY = "sk";
    static final String EXPIRES_AT = "expiresAt";

    private Tables() {}

    static String features(StoreSettings settings) {
        return settings.tablePrefix() + "-features";
    }

    static String promises(StoreSettings settings) {
        return settings.tablePrefix() + "-promises";
    }

    /** Creates the tables that are missing when the settings say so, and returns when they can be used. */
    public static void prepare(DynamoDbClient client, StoreSettings settings) {
        for (String table : List.of(features(settings), promises(settings))) {
            if (settings.createTables()) {
                if (!exists(client, table)) {
                    create(client, table);
                }
                expire(client, table);
            }
        }
    }

    /**
     * The names of the tables, when all of them answer.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException when one is missing or DynamoDB does not answer
     */
    public static List<String> check(DynamoDbClient client, StoreSettings settings) {
        List<String> tables = List.of(features(settings), promises(settings));
        tables.forEach(table -> client.describeTable(request -> request.tableName(table)));
        return tables;
    }

    private static boolean exists(DynamoDbClient client, String table) {
        try {
            client.describeTable(request -> request.tableName(table));
            return true;
        } catch (ResourceNotFoundException _) {
            return false;
        }
    }

    private static void create(DynamoDbClient client, String table) {
        try {
            client.createTable(request -> request.tableName(table).billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(text(PARTITION_KEY), text(SORT_KEY))
                    .keySchema(key(PARTITION_KEY, KeyType.HASH), key(SORT_KEY, KeyType.RANGE)));
        } catch (ResourceInUseException _) {
            // Another replica was faster.
        }
        client.waiter().waitUntilTableExists(request -> request.tableName(table));
    }

    /** A step of its own, since whoever created the table may have ended before this. */
    private static void expire(DynamoDbClient client, String table) {
        TimeToLiveStatus status = client.describeTimeToLive(request -> request.tableName(table)).timeToLiveDescription().timeToLiveStatus();
        if (status == TimeToLiveStatus.DISABLED) {
            client.updateTimeToLive(request -> request.tableName(table)
                    .timeToLiveSpecification(specification -> specification.enabled(true).attributeName(EXPIRES_AT)));
        }
    }

    private static AttributeDefinition text(String name) {
        return AttributeDefinition.builder().attributeName(name).attributeType(ScalarAttributeType.S).build();
    }

    private static KeySchemaElement key(String name, KeyType type) {
        return KeySchemaElement.builder().attributeName(name).keyType(type).build();
    }
}
