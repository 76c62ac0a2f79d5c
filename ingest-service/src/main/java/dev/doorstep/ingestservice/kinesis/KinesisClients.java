package dev.doorstep.ingestservice.kinesis;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.kinesis.common.KinesisClientUtil;

/** Makes the AWS clients that reading from and writing to Kinesis needs; the caller closes them. */
final class KinesisClients {
    private KinesisClients() {}

    static KinesisAsyncClient reading(@Nullable URI endpoint, String region) {
        var builder = at(KinesisAsyncClient.builder(), endpoint, region);
        if (endpoint != null && "http".equals(endpoint.getScheme())) {
            // Emulators have no HTTP/2, which the library would speak by default.
            return builder.httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1)).build();
        }
        return KinesisClientUtil.createKinesisAsyncClient(builder);
    }

    static KinesisClient writing(@Nullable URI endpoint, String region) {
        return at(KinesisClient.builder(), endpoint, region).build();
    }

    static DynamoDbAsyncClient leases(@Nullable URI endpoint, String region) {
        return at(DynamoDbAsyncClient.builder(), endpoint, region).build();
    }

    /** The library wants one, although its metrics are not asked for. */
    static CloudWatchAsyncClient metrics(String region) {
        return CloudWatchAsyncClient.builder().region(Region.of(region)).credentialsProvider(credentials(null)).build();
    }

    private static <B extends AwsClientBuilder<B, ?>> B at(B builder, @Nullable URI endpoint, String region) {
        builder.region(Region.of(region)).credentialsProvider(credentials(endpoint));
        return endpoint == null ? builder : builder.endpointOverride(endpoint);
    }

    /** An emulator takes any credentials, but the client needs some. */
    private static AwsCredentialsProvider credentials(@Nullable URI endpoint) {
        return endpoint != null && "http".equals(endpoint.getScheme())
                ? StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))
                : DefaultCredentialsProvider.builder().build();
    }
}
