package dev.doorstep.featureservice.apply;

import dev.doorstep.featureservice.FeatureSettings;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RetryListener;
import org.springframework.util.backoff.FixedBackOff;

/** How events are consumed: in batches, and tried again without end while the store or Kafka is away. */
@Configuration(proxyBeanMethods = false)
class ContainerSetup {
    private static final Logger log = LoggerFactory.getLogger(ContainerSetup.class);

    @Bean(EventListener.CONTAINER_FACTORY)
    ConcurrentKafkaListenerContainerFactory<String, byte[]> eventContainers(ConsumerFactory<String, byte[]> consumers,
            Assignments assignments, FeatureSettings settings) {
        ConcurrentKafkaListenerContainerFactory<String, byte[]> factory = new ConcurrentKafkaListenerContainerFactory<>();
        factory.setConsumerFactory(consumers);
        factory.setBatchListener(true);
        factory.setConcurrency(settings.features().consumers());
        ContainerProperties container = factory.getContainerProperties();
        container.setAckMode(ContainerProperties.AckMode.BATCH);
        container.setConsumerRebalanceListener(assignments);
        DefaultErrorHandler waiting = new DefaultErrorHandler(
                new FixedBackOff(settings.features().retryInterval().toMillis(), FixedBackOff.UNLIMITED_ATTEMPTS));
        // No failure that reaches the handler is a record's own fault, so none may be skipped.
        waiting.setClassifications(Map.of(), true);
        waiting.setLogLevel(KafkaException.Level.DEBUG);
        waiting.setRetryListeners(new Waiting());
        factory.setCommonErrorHandler(waiting);
        return factory;
    }

    /** Says that events wait, once a try and without their stack trace. */
    private static final class Waiting implements RetryListener {
        @Override
        public void failedDelivery(ConsumerRecord<?, ?> record, @Nullable Exception e, int attempt) {
            log.warn("events wait, try {}: {}", attempt, cause(e));
        }

        @Override
        public void failedDelivery(ConsumerRecords<?, ?> records, @Nullable Exception e, int attempt) {
            log.warn("{} events wait, try {}: {}", records.count(), attempt, cause(e));
        }

        private static String cause(@Nullable Throwable e) {
            return e == null || e.getCause() == null ? String.valueOf(e) : cause(e.getCause());
        }
    }
}
