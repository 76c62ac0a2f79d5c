package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.predictionservice.PredictionSettings;
import dev.doorstep.predictionservice.promise.Quote;
import dev.doorstep.predictionservice.promise.QuoteTokens;
import dev.doorstep.servicekit.kafka.PatientContainers;
import dev.doorstep.servicekit.kafka.TopicIds;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.stereotype.Component;

/** Takes outcomes, and what answers were made from, off their topics and into the store; waits while the store is away. */
@Component
class OutcomeListeners {
    private static final String CONTAINERS = "patientContainers";

    private static final int LONGEST_ID = 64;
    private static final long WANTED_NANOS = Duration.ofMinutes(1).toNanos();

    private final Outcomes outcomes;
    private final OutcomeStore store;
    private final PromiseStore promises;
    private final QuoteTokens tokens;
    private final KafkaAdmin admin;
    private final PredictionSettings settings;
    private final MeterRegistry metrics;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    private volatile long wantedNanos = System.nanoTime();
    private volatile String wantedAfter = "";

    OutcomeListeners(Outcomes outcomes, OutcomeStore store, PromiseStore promises, QuoteTokens tokens, KafkaAdmin admin,
            PredictionSettings settings, MeterRegistry metrics, Clock clock) {
        this.clock = clock;
        this.tokens = tokens;
        this.outcomes = outcomes;
        this.store = store;
        this.promises = promises;
        this.admin = admin;
        this.settings = settings;
        this.metrics = metrics;
    }

    @Configuration(proxyBeanMethods = false)
    static class Containers {
        @Bean(CONTAINERS)
        ConcurrentKafkaListenerContainerFactory<String, byte[]> patientContainers(ConsumerFactory<String, byte[]> consumers) {
            return PatientContainers.factory(consumers, Duration.ofSeconds(1));
        }
    }

    @KafkaListener(topics = Topics.OUTCOMES, groupId = "prediction-outcomes", containerFactory = CONTAINERS, properties = {
            "auto.offset.reset=earliest", "isolation.level=read_committed"})
    void outcomes(List<ConsumerRecord<String, byte[]>> records) {
        String topicId = TopicIds.of(admin, Topics.OUTCOMES);
        for (ConsumerRecord<String, byte[]> record : records) {
            PartitionId partition = new PartitionId(record.topic(), topicId, record.partition());
            Outcome outcome;
            try {
                outcome = codec.read(record.value() == null ? new byte[0] : record.value(), Outcome.class);
            } catch (DoorstepException _) {
                metrics.counter("doorstep.prediction.outcomes.unreadable").increment();
                store.skip(partition, record.offset(), OutcomeStore.Taken.CONTRADICTORY);
                continue;
            }
            outcomes.take(outcome, partition, record.offset());
        }
    }

    /** Many at once, since many are kept in one item. */
    @KafkaListener(topics = Topics.PREDICTIONS_SERVED, groupId = "prediction-journal", containerFactory = CONTAINERS, properties = {
            "auto.offset.reset=earliest", "fetch.min.bytes=262144", "fetch.max.wait.ms=100"})
    void served(List<ConsumerRecord<String, byte[]>> records) {
        Map<String, byte[]> served = new LinkedHashMap<>();
        List<PromiseStore.Quoted> quotes = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> record : records) {
            if (!isKeepable(record)) {
                metrics.counter("doorstep.prediction.journal.unreadable").increment();
                continue;
            }
            // Nothing of it is read before it is asked for, which is rarely.
            served.put(record.key(), record.value());
            Header token = record.headers().lastHeader(Topics.TOKEN_HEADER);
            if (token != null && token.value() != null) {
                quote(new String(token.value(), StandardCharsets.US_ASCII)).ifPresent(quotes::add);
            }
        }
        Instant now = clock.instant();
        promises.keepQuotes(quotes);
        promises.keepServed(served, now.plus(settings.prediction().keepServed()), now.plus(Outcomes.PROMISED_KEPT));
        if (System.nanoTime() - wantedNanos > WANTED_NANOS) {
            wantedNanos = System.nanoTime();
            wantedAfter = promises.extendWanted(wantedAfter, now.plus(Outcomes.PROMISED_KEPT));
        }
    }

    private static boolean isKeepable(ConsumerRecord<String, byte[]> record) {
        return record.key() != null && !record.key().isEmpty() && record.key().length() <= LONGEST_ID && record.value() != null
                && record.value().length <= PromiseStore.MOST_SERVED_BYTES;
    }

    private Optional<PromiseStore.Quoted> quote(String token) {
        Quote quote = tokens.find(token);
        return quote == null ? Optional.empty() : quote.keptAs(token);
    }
}
