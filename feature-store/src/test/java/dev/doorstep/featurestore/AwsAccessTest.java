package dev.doorstep.featurestore;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

class AwsAccessTest {
    @Test
    void at_emulator_takesAnyCredentials() {
        assertThat(credentials(URI.create("http://localhost:8000"))).isInstanceOf(StaticCredentialsProvider.class);
    }

    @Test
    void at_awsOrVpcEndpoint_takesThoseOfTheEnvironment() {
        assertThat(credentials(null)).isInstanceOf(DefaultCredentialsProvider.class);
        assertThat(credentials(URI.create("https://vpce-1.dynamodb.eu-central-1.vpce.amazonaws.com")))
                .isInstanceOf(DefaultCredentialsProvider.class);
    }

    private static Object credentials(@Nullable URI endpoint) {
        try (DynamoDbClient client = AwsAccess.at(DynamoDbClient.builder(), endpoint, "eu-central-1").build()) {
            return client.serviceClientConfiguration().credentialsProvider();
        }
    }
}
