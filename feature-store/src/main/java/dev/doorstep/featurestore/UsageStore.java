package dev.doorstep.featurestore;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;

/** Counts what callers use a day, over all replicas. Thread-safe. */
public final class UsageStore {
    private static final int DAYS_KEPT = 8;

    private final DynamoDbClient client;
    private final String table;

    public UsageStore(DynamoDbClient client, StoreSettings settings) {
        this.client = client;
        this.table = Tables.features(settings);
    }

    /**
     * Adds requests to a caller's day.
     *
     * @param requests 0 or more
     * @return how many the day has now
     */
    public long add(String caller, LocalDate day, long requests) {
        long expires = day.plusDays(DAYS_KEPT).atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        return Attributes
                .of(client.updateItem(request -> request.tableName(table).key(Attributes.key("usage#" + caller, day.toString()).map())
                        .updateExpression("SET expiresAt = :expires ADD requests :requests")
                        .expressionAttributeValues(Map.of(":expires", Attributes.number(expires), ":requests", Attributes.number(requests)))
                        .returnValues(ReturnValue.UPDATED_NEW)).attributes())
                .longOr("requests", 0);
    }
}
