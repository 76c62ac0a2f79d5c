package dev.doorstep.ingestservice.intake;

import dev.doorstep.servicekit.kafka.OwnTopic;
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
                topic(Topics.OUTCOMES, settings).build(),
                // A record is the sum of all before it under the same key.
                OwnTopic.named(Topics.LEDGER, 1, settings.replicas()).compact().build());
    }

    private static TopicBuilder topic(String name, IngestSettings settings) {
        return OwnTopic.named(name, settings.partitions(), settings.replicas())
                .config(TopicConfig.RETENTION_MS_CONFIG, Long.toString(settings.eventRetention().toMillis()));
    }
}
