package dev.doorstep.predictionservice.journal;

import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.predictionservice.PredictionSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topic that this service owns where it is missing. */
@Configuration(proxyBeanMethods = false)
class TopicSetup {
    @Bean
    KafkaAdmin.NewTopics ownTopics(PredictionSettings settings) {
        return new KafkaAdmin.NewTopics(TopicBuilder.name(Topics.PREDICTIONS_SERVED).partitions(settings.prediction().partitions())
                .replicas(settings.prediction().replicas()).build());
    }
}
