package dev.doorstep.featurestore;

import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** Makes DynamoDB clients; the caller closes them. */
public final class StoreClient {
    private static final int CONNECTIONS = 200;

    private StoreClient() {}

    /** A client that retries within the call timeout, for writers that must not lose anything. */
    public static DynamoDbClient patient(StoreSettings settings) {
        return builder(settings, true).build();
    }

    /** A client that tries once within the call timeout, for readers that would rather answer without. */
    public static DynamoDbClient hasty(StoreSettings settings) {
        return builder(settings, false).build();
    }

    private static DynamoDbClientBuilder builder(StoreSettings settings, boolean retry) {
        DynamoDbClientBuilder builder = DynamoDbClient.builder()
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(CONNECTIONS).connectionTimeout(settings.callTimeout())
                        .socketTimeout(settings.callTimeout()).tcpKeepAlive(true))
                .overrideConfiguration(override -> override.apiCallTimeout(settings.callTimeout())
                        .retryStrategy(retry ? DefaultRetryStrategy.standardStrategyBuilder().build() : DefaultRetryStrategy.doNotRetry()));
        return AwsAccess.at(builder, settings.endpoint(), settings.region());
    }
}
