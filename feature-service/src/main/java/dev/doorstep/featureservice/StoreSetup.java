package dev.doorstep.featureservice;

import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.StoreClient;
import dev.doorstep.featurestore.Tables;
import dev.doorstep.servicekit.health.Preparation;
import dev.doorstep.servicekit.health.ProbedHealth;
import java.time.Clock;
import java.util.Map;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store as beans. */
@Configuration(proxyBeanMethods = false)
class StoreSetup {
    @Bean(destroyMethod = "close")
    DynamoDbClient dynamoDb(FeatureSettings settings) {
        return StoreClient.patient(settings.store());
    }

    @Bean
    EffectsWriter effectsWriter(DynamoDbClient client, FeatureSettings settings, Clock clock) {
        return new EffectsWriter(client, settings.store(), clock);
    }

    @Bean
    FeatureReader featureReader(DynamoDbClient client, FeatureSettings settings) {
        return new FeatureReader(client, settings.store());
    }

    @Bean
    Preparation tables(DynamoDbClient client, FeatureSettings settings) {
        return new Preparation("tables", () -> {
            Tables.prepare(client, settings.store());
            return true;
        });
    }

    @Bean
    HealthIndicator storeHealthIndicator(DynamoDbClient client, FeatureSettings settings) {
        return new ProbedHealth(() -> Map.of("tables", Tables.check(client, settings.store())));
    }
}
