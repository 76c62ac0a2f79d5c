package dev.doorstep.ingestservice.intake;

import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.ingestservice.IngestSettings;
import org.apache.kafka.common.config.TopicConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaAdmin;

/** Creates the topics that this service owns where they are missing. */
@Configuration(proxyBeanMethods = false)
class TopicSetup {
    @Bean
    KafkaAdmin.NewTopics ownTopics(IngestSettings settings) {
        return new KafkaAdmin.NewTopics(topic(Topics.EVENTS, settings).build(),
                // A dead letter that is sent again replaces itself.
                topic(Topics.DEAD_LETTERS, settings)
                        .config(TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE)
                        .build(),
                topic(Topics.OUTCOMES, settings).build());
    }

    private static TopicBuilder topic(String name, IngestSettings settings) {
        return TopicBuilder.name(name).partitions(settings.partitions()).replicas(settings.replicas())
                .config(TopicConfig.RETENTION_MS_CONFIG, Long.toString(settings.eventRetention().toMillis()));
    }
}
