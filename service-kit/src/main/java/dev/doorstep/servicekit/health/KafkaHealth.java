package dev.doorstep.servicekit.health;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaAdmin;

/** Whether the Kafka cluster answers, as health component {@code kafka}. */
@Configuration(proxyBeanMethods = false)
public class KafkaHealth {
    private static final int TIMEOUT_MILLIS = 2_000;

    @Bean(destroyMethod = "close")
    Admin kafkaHealthAdmin(KafkaAdmin kafka) {
        Map<String, Object> properties = new HashMap<>(kafka.getConfigurationProperties());
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
        return Admin.create(properties);
    }

    @Bean
    HealthIndicator kafkaHealthIndicator(Admin admin) {
        return new ProbedHealth(
                () -> Map.of("nodes", admin.describeCluster().nodes().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS).size()));
    }
}
