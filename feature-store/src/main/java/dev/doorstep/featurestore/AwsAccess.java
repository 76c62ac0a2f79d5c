package dev.doorstep.featurestore;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.regions.Region;

/** Says where AWS clients speak to, and as whom. */
public final class AwsAccess {
    private AwsAccess() {}

    /**
     * Points a client's builder to a region, and to an endpoint where there is one.
     *
     * @param endpoint plain HTTP is an emulator, which takes any credentials; HTTPS is a VPC endpoint, which takes those of the environment
     *     as AWS's own does
     */
    public static <B extends AwsClientBuilder<B, ?>> B at(B builder, @Nullable URI endpoint, String region) {
        builder.region(Region.of(region)).credentialsProvider(credentials(endpoint));
        return endpoint == null ? builder : builder.endpointOverride(endpoint);
    }

    private static AwsCredentialsProvider credentials(@Nullable URI endpoint) {
        // An emulator takes any, but the client needs some.
        return endpoint != null && "http".equals(endpoint.getScheme())
                ? StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))
                : DefaultCredentialsProvider.builder().build();
    }
}
