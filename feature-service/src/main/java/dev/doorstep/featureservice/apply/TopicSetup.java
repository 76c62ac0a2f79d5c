package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featureservice.FeatureSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topic that this service owns where it is missing. */
@Configuration(proxyBeanMethods = false)
class TopicSetup {
    @Bean
    KafkaAdmin.NewTopics ownTopics(FeatureSettings settings) {
        return new KafkaAdmin.NewTopics(TopicBuilder.name(Topics.FEATURES_CHANGED).partitions(settings.features().partitions())
                .replicas(settings.features().replicas()).compact().build());
    }
}
