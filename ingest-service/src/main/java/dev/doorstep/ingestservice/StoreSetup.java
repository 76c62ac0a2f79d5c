package dev.doorstep.ingestservice;

import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.Originals;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.ProgressReader;
import dev.doorstep.featurestore.ReplayStore;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.SubjectEraser;
import dev.doorstep.servicekit.store.DeadLetterKit;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store as beans. */
@Configuration(proxyBeanMethods = false)
class StoreSetup {
    @Bean
    ProgressReader progressReader(DynamoDbClient client, StoreSettings settings) {
        return new ProgressReader(client, settings);
    }

    @Bean
    OutcomeStore outcomeStore(DynamoDbClient client, StoreSettings settings) {
        return new OutcomeStore(client, settings);
    }

    @Bean
    DeadLetterStore deadLetterStore(DynamoDbClient client, StoreSettings settings, DeadLetterSeal seal, DeadLetterKit.Settings letters,
            Clock clock) {
        return new DeadLetterStore(client, settings, seal, letters.retention(), clock);
    }

    @Bean
    ReplayStore replayStore(DynamoDbClient client, StoreSettings settings, Clock clock) {
        return new ReplayStore(client, settings, clock);
    }

    @Bean
    SubjectEraser subjectEraser(DynamoDbClient client, StoreSettings settings, DeadLetterStore letters, Originals originals, Clock clock) {
        return new SubjectEraser(client, settings, letters, originals, clock);
    }
}
