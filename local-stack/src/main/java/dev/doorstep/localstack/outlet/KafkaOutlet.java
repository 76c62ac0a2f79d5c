package dev.doorstep.localstack.outlet;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A Kafka topic that ingest-service reads. Thread-safe. */
public final class KafkaOutlet implements Outlet {
    private static final String MAX_BLOCK_MILLIS = "10000";

    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;

    public KafkaOutlet(String bootstrapServers, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "acks", "all", "max.block.ms", MAX_BLOCK_MILLIS), new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public BitSet send(List<byte[]> documents) throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(documents.size());
        documents.forEach(document -> sent.add(producer.send(new ProducerRecord<>(topic, document))));
        BitSet acknowledged = new BitSet();
        for (int i = 0; i < sent.size(); i++) {
            try {
                sent.get(i).get();
                acknowledged.set(i);
            } catch (ExecutionException _) {
                // The caller sees which are missing.
            }
        }
        return acknowledged;
    }

    @Override
    public String source() {
        return "kafka-topic";
    }

    @Override
    public void close() {
        producer.close();
    }
}
