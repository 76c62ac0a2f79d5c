package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.error.DoorstepException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record that can't be applied, and why.
 *
 * @param receivedAt epoch milliseconds of its event's first receipt; of the record itself where the event can't be read
 */
record RefusedRecord(ConsumerRecord<String, byte[]> record, long receivedAt, DoorstepException reason) {}
