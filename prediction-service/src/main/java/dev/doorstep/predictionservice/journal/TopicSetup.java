package dev.doorstep.predictionservice.journal;

import dev.doorstep.servicekit.kafka.OwnTopic;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.predictionservice.PredictionSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topic that this service owns where it is missing. */
@Configuration(proxyBeanMethods = false)
class TopicSetup {
    @Bean
    KafkaAdmin.NewTopics ownTopics(PredictionSettings settings) {
        return new KafkaAdmin.NewTopics(
                OwnTopic.named(Topics.PREDICTIONS_SERVED, settings.prediction().partitions(), settings.prediction().replicas()).build());
    }
}
