package dev.doorstep.featurestore;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexUpdate;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/**
 * The tables. {@code PREFIX-features} holds events, sessions, counters, profiles and progress, so that one transaction covers them, and what
 * callers used of their quotas; {@code PREFIX-promises} holds promises and answers that may become some, {@code PREFIX-dead-letters} dead
 * letters and their replays, {@code PREFIX-models} which model serves and how that came about. All have a partition key {@code pk}, a sort key
 * {@code sk} and a time to live {@code expiresAt} in epoch seconds. The index {@code by-subject} of the first two finds what is a customer's,
 * {@code by-day} of the third lists in order of time.
 */
public final class Tables {
    static final String PARTITION_KEY = "pk";
    static final String SORT_KEY = "sk";
    static final String EXPIRES_AT = "expiresAt";
    static final String SUBJECT = "subject";
    static final String BY_SUBJECT = "by-subject";
    static final String DAY = "day";
    static final String AT = "at";
    static final String BY_DAY = "by-day";

    private Tables() {}

    static String features(StoreSettings settings) {
        return settings.tablePrefix() + "-features";
    }

    static String promises(StoreSettings settings) {
        return settings.tablePrefix() + "-promises";
    }

    static String deadLetters(StoreSettings settings) {
        return settings.tablePrefix() + "-dead-letters";
    }

    static String models(StoreSettings settings) {
        return settings.tablePrefix() + "-models";
    }

    /** Creates the tables that are missing when the settings say so, and returns when they can be used. */
    public static void prepare(DynamoDbClient client, StoreSettings settings) {
        if (!settings.createTables()) {
            return;
        }
        if (!exists(client, models(settings))) {
            create(client, models(settings), List.of(), List.of());
        }
        expire(client, models(settings));
        prepare(client, features(settings), BY_SUBJECT, key(SUBJECT, KeyType.HASH), key(PARTITION_KEY, KeyType.RANGE));
        prepare(client, promises(settings), BY_SUBJECT, key(SUBJECT, KeyType.HASH), key(PARTITION_KEY, KeyType.RANGE));
        prepare(client, deadLetters(settings), BY_DAY, key(DAY, KeyType.HASH), key(AT, KeyType.RANGE));
    }

    /**
     * The names of the tables, when all of them answer.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException when one is missing or DynamoDB does not answer
     */
    public static List<String> check(DynamoDbClient client, StoreSettings settings) {
        List<String> tables = List.of(features(settings), promises(settings), deadLetters(settings), models(settings));
        tables.forEach(table -> client.describeTable(request -> request.tableName(table)));
        return tables;
    }

    private static void prepare(DynamoDbClient client, String table, String index, KeySchemaElement... indexKeys) {
        if (!exists(client, table)) {
            create(client, table, List.of(indexKeys), List.of(GlobalSecondaryIndex.builder().indexName(index).keySchema(indexKeys)
                    .projection(how -> how.projectionType(projection(index))).build()));
        } else if (client.describeTable(request -> request.tableName(table)).table().globalSecondaryIndexes().stream()
                .noneMatch(each -> each.indexName().equals(index))) {
            addIndex(client, table, index, List.of(indexKeys));
        }
        expire(client, table);
    }

    /** To a table of an earlier release. */
    private static void addIndex(DynamoDbClient client, String table, String index, List<KeySchemaElement> indexKeys) {
        client.updateTable(request -> request.tableName(table)
                .attributeDefinitions(indexKeys.stream().map(key -> text(key.attributeName())).toList())
                .globalSecondaryIndexUpdates(GlobalSecondaryIndexUpdate.builder()
                        .create(create -> create.indexName(index).keySchema(indexKeys)
                                .projection(how -> how.projectionType(projection(index))))
                        .build()));
    }

    /** A subject's items are looked up and then read; dead letters are listed from the index itself. */
    private static ProjectionType projection(String index) {
        return index.equals(BY_DAY) ? ProjectionType.ALL : ProjectionType.KEYS_ONLY;
    }

    private static boolean exists(DynamoDbClient client, String table) {
        try {
            client.describeTable(request -> request.tableName(table));
            return true;
        } catch (ResourceNotFoundException _) {
            return false;
        }
    }

    private static void create(DynamoDbClient client, String table, List<KeySchemaElement> indexKeys, List<GlobalSecondaryIndex> indices) {
        List<AttributeDefinition> attributes = new ArrayList<>(Stream
                .concat(Stream.of(PARTITION_KEY, SORT_KEY), indexKeys.stream().map(KeySchemaElement::attributeName)).distinct()
                .map(Tables::text).toList());

        try {
            client.createTable(CreateTableRequest.builder().tableName(table).billingMode(BillingMode.PAY_PER_REQUEST)
                    .attributeDefinitions(attributes).keySchema(key(PARTITION_KEY, KeyType.HASH), key(SORT_KEY, KeyType.RANGE))
                    .globalSecondaryIndexes(indices.isEmpty() ? null : indices).build());
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
