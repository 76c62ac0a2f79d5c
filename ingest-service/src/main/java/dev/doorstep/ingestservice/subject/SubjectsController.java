package dev.doorstep.ingestservice.subject;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.EntityKey;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.featurestore.Subject;
import dev.doorstep.featurestore.SubjectEraser;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.ledger.Backlog;
import dev.doorstep.servicekit.operator.OperatorController;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import software.amazon.awssdk.core.exception.SdkException;

/** Erases customers. */
@OperatorController
class SubjectsController {
    private static final Logger log = LoggerFactory.getLogger(SubjectsController.class);
    private static final int LONGEST_KEY = 256;
    private static final Duration INDEX_DELAY = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SubjectEraser eraser;
    private final Backlog backlog;
    private final KafkaTemplate<String, byte[]> kafka;
    private final Duration topicRetention;
    private final MessageCodec codec = new MessageCodec();

    SubjectsController(SubjectEraser eraser, Backlog backlog, KafkaTemplate<String, byte[]> kafka, IngestSettings settings) {
        this.eraser = eraser;
        this.backlog = backlog;
        this.kafka = kafka;
        this.topicRetention = settings.eventRetention();
    }

    /**
     * What was erased.
     *
     * @param subject digest of the customer key, as logs name it
     * @param topicsUntil how long the records that were sent before this stay on Kafka
     */
    record Answer(String subject, long events, long sessions, long promises, long deadLetters, Duration topicsUntil) {}

    /**
     * Erases a customer from DynamoDB, the dead letters and their archive. What is on its way to them is waited for, since it would be
     * written after the erasure.
     */
    @DeleteMapping("/v1/subjects/{customerKey}")
    Answer erase(@PathVariable String customerKey) throws InterruptedException {
        if (customerKey.isBlank() || customerKey.length() > LONGEST_KEY) {
            throw DoorstepException.ofValue(ErrorCode.INVALID_REQUEST, "customerKey", "must have 1 to " + LONGEST_KEY + " characters",
                    customerKey);
        }
        try {
            if (!backlog.awaitDrained(PATIENCE)) {
                throw new DoorstepException(ErrorCode.OVERLOADED, null,
                        "events that may be the customer's are still on their way to the store; nothing was erased, send the request again");
            }
            SubjectEraser.Erased erased = eraseAll(customerKey);
            String subject = String.valueOf(Subject.of(customerKey));
            log.info("subject {} erased: {} events, {} sessions, {} promises, {} dead letters", subject, erased.events(),
                    erased.sessions().size(), erased.promises(), erased.deadLetters());
            return new Answer(subject, erased.events(), erased.sessions().size(), erased.promises(), erased.deadLetters(), topicRetention);
        } catch (CompletionException e) {
            throw new DoorstepException(ErrorCode.BROKER_UNAVAILABLE, null, "Kafka does not answer; send the request again", e);
        } catch (SdkException | IOException e) {
            throw new DoorstepException(ErrorCode.STORE_UNAVAILABLE, null,
                    "a store does not answer, so that not everything may be erased; send the request again", e);
        }
    }

    /** Once more until nothing is found: DynamoDB's indexes are a moment behind its tables. */
    private SubjectEraser.Erased eraseAll(String customerKey) throws IOException, InterruptedException {
        SubjectEraser.Erased all = eraser.erase(customerKey, this::tellReaders);
        for (SubjectEraser.Erased more = again(customerKey); !more.isNothing(); more = again(customerKey)) {
            all = all.plus(more);
        }
        return all;
    }

    private SubjectEraser.Erased again(String customerKey) throws IOException, InterruptedException {
        Thread.sleep(INDEX_DELAY);
        return eraser.erase(customerKey, this::tellReaders);
    }

    /** Replaces the sessions on the compacted topic, and in the caches of those that read it. */
    private void tellReaders(Set<String> sessions) {
        List<CompletableFuture<?>> told = new ArrayList<>();
        for (String session : sessions) {
            FeaturesChanged change = new FeaturesChanged(EntityKey.session(session), null);
            ProducerRecord<String, byte[]> record = new ProducerRecord<>(Topics.FEATURES_CHANGED, change.entity(), codec.write(change));
            record.headers().add(Topics.SCHEMA_HEADER, FeaturesChanged.SCHEMA.getBytes(StandardCharsets.US_ASCII));
            told.add(kafka.send(record));
        }
        CompletableFuture.allOf(told.toArray(CompletableFuture[]::new)).join();
    }
}
