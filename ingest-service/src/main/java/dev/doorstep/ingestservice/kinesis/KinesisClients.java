package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.featurestore.AwsAccess;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.kinesis.common.KinesisClientUtil;

/** Makes the AWS clients that reading from and writing to Kinesis needs; the caller closes them. */
final class KinesisClients {
    private KinesisClients() {}

    static KinesisAsyncClient reading(@Nullable URI endpoint, String region, ExecutionInterceptor listener) {
        var builder = AwsAccess.at(KinesisAsyncClient.builder(), endpoint, region)
                .overrideConfiguration(override -> override.addExecutionInterceptor(listener));
        if (endpoint != null && "http".equals(endpoint.getScheme())) {
            // Emulators have no HTTP/2, which the library would speak by default.
            return builder.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1)).build();
        }
        return KinesisClientUtil.createKinesisAsyncClient(builder);
    }

    static KinesisClient writing(@Nullable URI endpoint, String region) {
        return AwsAccess.at(KinesisClient.builder(), endpoint, region).build();
    }

    static DynamoDbAsyncClient leases(@Nullable URI endpoint, String region, ExecutionInterceptor listener) {
        return AwsAccess.at(DynamoDbAsyncClient.builder(), endpoint, region)
                .overrideConfiguration(override -> override.addExecutionInterceptor(listener)).build();
    }

    /** The library wants one, although its metrics are not asked for. */
    static CloudWatchAsyncClient metrics(String region) {
        return AwsAccess.at(CloudWatchAsyncClient.builder(), null, region).build();
    }
}
