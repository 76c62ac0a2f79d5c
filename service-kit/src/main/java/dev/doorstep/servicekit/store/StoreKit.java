package dev.doorstep.servicekit.store;

import dev.doorstep.featurestore.StoreClient;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.Tables;
import dev.doorstep.servicekit.health.Preparation;
import dev.doorstep.servicekit.health.ProbedHealth;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What every service imports that uses DynamoDB: a client that retries, the tables and the store's health. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreKit.Settings.class)
public class StoreKit {
    /**
     * Settings under {@code doorstep}.
     *
     * @param store how DynamoDB is reached and how long things are kept
     */
    @ConfigurationProperties("doorstep")
    public record Settings(StoreSettings store) {}

    @Bean
    StoreSettings storeSettings(Settings settings) {
        return settings.store();
    }

    @Bean(destroyMethod = "close")
    @Primary
    DynamoDbClient dynamoDb(StoreSettings settings) {
        return StoreClient.patient(settings);
    }

    @Bean
    Preparation tables(DynamoDbClient client, StoreSettings settings) {
        return new Preparation("tables", () -> {
            Tables.prepare(client, settings);
            return true;
        });
    }

    @Bean
    HealthIndicator storeHealthIndicator(DynamoDbClient client, StoreSettings settings) {
        return new ProbedHealth(() -> Map.of("tables", Tables.check(client, settings)));
    }
}
