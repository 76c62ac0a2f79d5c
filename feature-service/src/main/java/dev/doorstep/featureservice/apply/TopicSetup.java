package dev.doorstep.featureservice.apply;

import dev.doorstep.servicekit.kafka.OwnTopic;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featureservice.FeatureSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topic that this service owns where it is missing. */
@Configuration(proxyBeanMethods = false)
class TopicSetup {
    @Bean
    KafkaAdmin.NewTopics ownTopics(FeatureSettings settings) {
        return new KafkaAdmin.NewTopics(OwnTopic
                .named(Topics.FEATURES_CHANGED, settings.features().partitions(), settings.features().replicas()).compact().build());
    }
}
