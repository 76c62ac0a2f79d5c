package dev.doorstep.featurestore;

import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/** Writes that happen on a condition only. */
final class ConditionalWrites {
    private ConditionalWrites() {}

    /** Updates an item; returns whether its condition held. */
    static boolean update(DynamoDbClient client, Consumer<UpdateItemRequest.Builder> update) {
        try {
            client.updateItem(update);
            return true;
        } catch (ConditionalCheckFailedException _) {
            return false;
        }
    }

    /** Whether a part of a cancelled transaction is the reason, because its condition did not hold. */
    static boolean failed(CancellationReason reason) {
        return "ConditionalCheckFailed".equals(reason.code());
    }

    /** Part of a transaction: puts an item where there is none of its key. */
    static TransactWriteItem putIfAbsent(String table, Map<String, AttributeValue> item) {
        return TransactWriteItem.builder().put(put -> put.tableName(table).item(item).conditionExpression("attribute_not_exists(pk)"))
                .build();
    }
}
