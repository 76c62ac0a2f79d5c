package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.message.EventRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that can't be applied, and why.
 *
 * @param event what the record holds, or null where it can't be read
 * @param receivedAt epoch milliseconds of its event's first receipt; of the record itself where the event can't be read
 */
record RefusedRecord(ConsumerRecord<String, byte[]> record, @Nullable EventRecord event, long receivedAt, DoorstepException reason) {}
