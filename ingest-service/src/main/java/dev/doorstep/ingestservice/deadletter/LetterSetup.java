package dev.doorstep.ingestservice.deadletter;

import dev.doorstep.featurestore.Originals;
import dev.doorstep.servicekit.kafka.PatientContainers;
import dev.doorstep.servicekit.store.DeadLetterKit;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** How dead letters are consumed, and when their originals go. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
class LetterSetup {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Duration SWEEP_INTERVAL = Duration.ofHours(6);

    @Bean(LetterListener.CONTAINER_FACTORY)
    ConcurrentKafkaListenerContainerFactory<String, byte[]> letterContainers(ConsumerFactory<String, byte[]> consumers) {
        return PatientContainers.factory(consumers, RETRY_INTERVAL);
    }

    /** Archived originals expire by whole days, one day after the last letter that could name them. */
    @Bean
    SchedulingConfigurer expiry(Originals originals, DeadLetterKit.Settings settings, Clock clock) {
        return tasks -> tasks.addFixedDelayTask(() -> {
            try {
                originals.expire(LocalDate.ofInstant(clock.instant().minus(settings.retention()), ZoneOffset.UTC).minusDays(1));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException("old originals could not be removed; the next try is in " + SWEEP_INTERVAL, e);
            }
        }, SWEEP_INTERVAL);
    }
}
