package dev.doorstep.benchmarks;

import dev.doorstep.localstack.stack.Stack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The bare way of a record through the broker, to have something to compare with. */
final class BareKafka {
    private BareKafka() {}

    /** Produce to consume of one small record at a time through the same broker. */
    static Histogram latencies(Stack stack, int perSecond, Duration duration) throws Exception {
        String topic = "bare-" + perSecond;
        Histogram latencies = new ConcurrentHistogram(3);
        stack.kafka().createTopic(topic, 4);
        AtomicBoolean running = new AtomicBoolean(true);
        Thread consumer = Thread.ofPlatform().start(() -> consume(stack, topic, running, latencies));
        try (KafkaProducer<String, Long> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "acks", "all", "linger.ms", "1"), new StringSerializer(),
                new LongSerializer())) {
            long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
            long started = System.nanoTime();
            for (long i = 0; i * period < duration.toNanos(); i++) {
                long due = started + i * period;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                var _ = producer.send(new ProducerRecord<>(topic, Long.toString(i), due));
            }
            producer.flush();
        }
        TimeUnit.SECONDS.sleep(1);
        running.set(false);
        consumer.join();
        return latencies;
    }

    private static void consume(Stack stack, String topic, AtomicBoolean running, Histogram latencies) {
        try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "group.id", topic, "auto.offset.reset", "earliest"),
                new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(topic));
            while (running.get()) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(100))) {
                    latencies.recordValue(System.nanoTime() - record.value());
                }
            }
        }
    }
}
