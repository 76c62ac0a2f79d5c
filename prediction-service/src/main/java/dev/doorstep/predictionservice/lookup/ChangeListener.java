package dev.doorstep.predictionservice.lookup;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.stereotype.Component;

/** Keeps the near-cache fresh. Every replica hears every change, from the moment it starts. */
@Component
class ChangeListener {
    private final FeatureLookup lookup;
    private final MessageCodec codec = new MessageCodec();
    private final Counter unreadable;

    ChangeListener(FeatureLookup lookup, MeterRegistry metrics) {
        this.lookup = lookup;
        this.unreadable = metrics.counter("doorstep.prediction.changes.unreadable");
    }

    @KafkaListener(topics = Topics.FEATURES_CHANGED, groupId = "prediction-service-#{T(java.util.UUID).randomUUID()}", batch = "true", properties = {
            "auto.offset.reset=latest", "fetch.max.wait.ms=100"})
    void changes(List<ConsumerRecord<String, byte[]>> records) {
        for (ConsumerRecord<String, byte[]> record : records) {
            byte[] value = record.value();
            if (value == null) {
                continue;
            }
            try {
                lookup.changed(codec.read(value, FeaturesChanged.class));
            } catch (DoorstepException _) {
                // The cache corrects itself within its time; a hint that can't be read is only counted.
                unreadable.increment();
            }
        }
    }
}
