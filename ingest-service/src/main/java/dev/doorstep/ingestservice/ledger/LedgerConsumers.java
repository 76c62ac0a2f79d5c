package dev.doorstep.ingestservice.ledger;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.stereotype.Component;

/** Opens consumers that belong to no group, see committed records only and give up soon. Thread-safe; the consumers are not. */
@Component
class LedgerConsumers {
    private final Map<String, Object> configuration;

    LedgerConsumers(ConsumerFactory<String, byte[]> consumers) {
        this.configuration = new HashMap<>(consumers.getConfigurationProperties());
        this.configuration.remove(ConsumerConfig.GROUP_ID_CONFIG);
        this.configuration.putAll(Map.of(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed", ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                100, ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000, ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000,
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000));
    }

    /** A consumer without partitions; the caller closes it. */
    Consumer<String, byte[]> open() {
        return new KafkaConsumer<>(configuration);
    }
}
