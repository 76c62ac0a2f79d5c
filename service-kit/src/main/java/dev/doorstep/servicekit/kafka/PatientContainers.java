package dev.doorstep.servicekit.kafka;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.listener.RetryListener;
import org.springframework.util.backoff.FixedBackOff;

/** Makes listener containers that consume in batches, and try again without end while the store or Kafka is away. */
public final class PatientContainers {
    private static final Logger log = LoggerFactory.getLogger(PatientContainers.class);

    private PatientContainers() {}

    /**
     * A factory of such containers.
     *
     * @param retryInterval wait between two tries
     */
    public static ConcurrentKafkaListenerContainerFactory<String, byte[]> factory(ConsumerFactory<String, byte[]> consumers,
            Duration retryInterval) {
        ConcurrentKafkaListenerContainerFactory<String, byte[]> factory = new ConcurrentKafkaListenerContainerFactory<>();
        factory.setConsumerFactory(consumers);
        factory.setBatchListener(true);
        factory.getContainerProperties().setAckMode(ContainerProperties.AckMode.BATCH);
        DefaultErrorHandler waiting = new DefaultErrorHandler(
                new FixedBackOff(retryInterval.toMillis(), FixedBackOff.UNLIMITED_ATTEMPTS));
        // No failure that reaches the handler is a record's own fault, so none may be skipped.
        waiting.setClassifications(Map.of(), true);
        waiting.setLogLevel(KafkaException.Level.DEBUG);
        waiting.setRetryListeners(new Waiting());
        factory.setCommonErrorHandler(waiting);
        return factory;
    }

    /** Says that records wait, once a try and without their stack trace. */
    private static final class Waiting implements RetryListener {
        @Override
        public void failedDelivery(ConsumerRecord<?, ?> record, @Nullable Exception e, int attempt) {
            log.warn("a record of {} waits, try {}: {}", record.topic(), attempt, cause(e));
        }

        @Override
        public void failedDelivery(ConsumerRecords<?, ?> records, @Nullable Exception e, int attempt) {
            log.warn("{} records wait, try {}: {}", records.count(), attempt, cause(e));
        }

        private static String cause(@Nullable Throwable e) {
            return e == null || e.getCause() == null ? String.valueOf(e) : cause(e.getCause());
        }
    }
}
