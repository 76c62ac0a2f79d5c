package dev.doorstep.featureservice;

import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.ProgressReader;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store as beans. */
@Configuration(proxyBeanMethods = false)
class StoreSetup {
    @Bean
    EffectsWriter effectsWriter(DynamoDbClient client, FeatureSettings settings, Clock clock) {
        return new EffectsWriter(client, settings.store(), clock);
    }

    @Bean
    ProgressReader progressReader(DynamoDbClient client, FeatureSettings settings) {
        return new ProgressReader(client, settings.store());
    }

    @Bean
    FeatureReader featureReader(DynamoDbClient client, FeatureSettings settings) {
        return new FeatureReader(client, settings.store());
    }
}
