package dev.doorstep.ingestservice.topic;

import dev.doorstep.servicekit.kafka.PatientContainers;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/** The consumers of documents from a topic. */
@Configuration(proxyBeanMethods = false)
class DocumentContainers {
    static final String FACTORY = "documentContainerFactory";
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    @Bean(FACTORY)
    ConcurrentKafkaListenerContainerFactory<String, byte[]> documentContainerFactory(ConsumerFactory<String, byte[]> consumers,
            TopicSettings settings) {
        ConcurrentKafkaListenerContainerFactory<String, byte[]> factory = PatientContainers.factory(consumers, RETRY_INTERVAL);
        factory.getContainerProperties().setGroupId(settings.group());
        return factory;
    }
}
