package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.document.ContentHash;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.message.DeadLetter;
import dev.doorstep.commonmodel.message.EventRecord;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.SealedDeadLetter;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.Originals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.kafka.support.SendResult;
import org.springframework.stereotype.Component;

/** Tells Kafka what changed and what could not be applied, under the trace that it came with. Thread-safe. */
@Component
class Publisher {
    private static final Logger log = LoggerFactory.getLogger(Publisher.class);
    private static final String STAGE = "feature-service";
    private static final String SOURCE = Topics.FOREIGN_SOURCE;
    private static final String TRACE_HEADER = "traceparent";

    private final KafkaTemplate<String, byte[]> kafka;
    private final DeadLetterSeal seal;
    private final Originals originals;
    private final MessageCodec codec = new MessageCodec();

    Publisher(ProducerFactory<String, byte[]> producers, DeadLetterSeal seal, Originals originals) {
        // Not the observed template: outside of any observation it would start a trace of its own in place of the one that came.
        this.kafka = new KafkaTemplate<>(producers);
        this.seal = seal;
        this.originals = originals;
    }

    /** Returns when Kafka has acknowledged, since the position moves past the record next. */
    void deadLetter(RefusedRecord refused) {
        ConsumerRecord<String, byte[]> record = refused.record();
        byte[] original = record.value() == null ? new byte[0] : record.value();
        byte[] kept = original.length > DeadLetter.WHOLE_ORIGINAL ? Arrays.copyOf(original, DeadLetter.ORIGINAL_HEAD) : original;
        EventRecord event = refused.event();
        // What is refused of a replay belongs to the dead letter that was replayed.
        String replayed = event != null && event.source().equals(Topics.REPLAY_SOURCE) ? event.position() : null;
        DeadLetter letter = new DeadLetter(replayed == null ? SOURCE : Topics.REPLAY_SOURCE,
                replayed == null ? record.topic() + "/" + record.partition() + "/" + record.offset() : replayed, STAGE,
                refused.reason().code(), refused.reason().field(), String.valueOf(refused.reason().getMessage()), refused.receivedAt(),
                kept, original.length, HexFormat.of().formatHex(ContentHash.sha256().digest(original)), refused.reason().value(),
                replayed == null ? archive(original) : null);
        try {
            send(Topics.DEAD_LETTERS, letter.key(), SealedDeadLetter.SCHEMA, seal.seal(letter), record).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("Kafka did not acknowledge the dead letter of " + letter.position(), e);
        }
    }

    private @Nullable String archive(byte[] original) {
        if (original.length <= DeadLetter.WHOLE_ORIGINAL) {
            return null;
        }
        try {
            return originals.archive(original);
        } catch (IOException e) {
            throw new UncheckedIOException("the archive does not take an original of " + original.length + " bytes", e);
        }
    }

    /**
     * Tells readers what changed; does not wait. A reader that misses this, because the process ends first, is as far behind as its cache
     * is allowed to be.
     *
     * @param sessionCauses the last record of each session, under whose trace its change is told
     * @param cause the last record of all
     */
    void changed(Effects effects, Map<String, ConsumerRecord<String, byte[]>> sessionCauses, ConsumerRecord<String, byte[]> cause) {
        for (SessionState session : effects.sessions()) {
            send(new FeaturesChanged(EntityKey.session(session.sessionId()), session.features()),
                    sessionCauses.getOrDefault(session.sessionId(), cause));
        }
        Set<String> entities = new HashSet<>();
        effects.demand().keySet().forEach(key -> entities.add(key.entity()));
        effects.profiles().forEach(profile -> entities.add(EntityKey.sku(profile.sku())));
        entities.forEach(entity -> send(new FeaturesChanged(entity, null), cause));
    }

    private void send(FeaturesChanged change, ConsumerRecord<String, byte[]> cause) {
        CompletableFuture<?> _ = send(Topics.FEATURES_CHANGED, change.entity(), FeaturesChanged.SCHEMA, change, cause)
                .exceptionally(failure -> {
                    log.warn("features.changed could not be sent, readers see the change when their cache ends: {}", failure.toString());
                    return null;
                });
    }

    private CompletableFuture<SendResult<String, byte[]>> send(String topic, String key, String schema, Object message,
            ConsumerRecord<String, byte[]> cause) {
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, key, codec.write(message));
        record.headers().add(Topics.SCHEMA_HEADER, schema.getBytes(StandardCharsets.US_ASCII));
        Header trace = cause.headers().lastHeader(TRACE_HEADER);
        if (trace != null) {
            record.headers().add(trace);
        }
        try {
            return kafka.send(record);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
