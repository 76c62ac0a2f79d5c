package dev.doorstep.servicekit.kafka;

import dev.doorstep.commonmodel.message.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Which source a record of {@code clickstream.events} counts for in the ledger.
 *
 * @param name of the source
 * @param foreign whether others than ingest-service put it there
 */
public record RecordSource(String name, boolean foreign) {
    /** The source of a record. */
    public static RecordSource of(ConsumerRecord<?, ?> record) {
        Header source = record.headers().lastHeader(Topics.SOURCE_HEADER);
        return source == null
                ? new RecordSource(Topics.FOREIGN_SOURCE, true)
                : new RecordSource(new String(source.value(), StandardCharsets.UTF_8), false);
    }
}
