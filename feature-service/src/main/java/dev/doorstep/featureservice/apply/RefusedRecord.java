package dev.doorstep.featureservice.apply;

import dev.doorstep.commonmodel.error.DoorstepException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record that can't be applied, and why. */
record RefusedRecord(ConsumerRecord<String, byte[]> record, DoorstepException reason) {}
