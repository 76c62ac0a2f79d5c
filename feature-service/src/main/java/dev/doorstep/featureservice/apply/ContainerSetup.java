package dev.doorstep.featureservice.apply;

import dev.doorstep.featureservice.FeatureSettings;
import dev.doorstep.servicekit.kafka.PatientContainers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;

/** How events are consumed. */
@Configuration(proxyBeanMethods = false)
class ContainerSetup {
    @Bean(EventListener.CONTAINER_FACTORY)
    ConcurrentKafkaListenerContainerFactory<String, byte[]> eventContainers(ConsumerFactory<String, byte[]> consumers,
            Assignments assignments, FeatureSettings settings) {
        ConcurrentKafkaListenerContainerFactory<String, byte[]> factory = PatientContainers.factory(consumers,
                settings.features().retryInterval());
        factory.setConcurrency(settings.features().consumers());
        factory.getContainerProperties().setConsumerRebalanceListener(assignments);
        return factory;
    }
}
