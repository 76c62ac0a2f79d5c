package dev.doorstep.benchmarks;

import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * From {@code POST /v1/events} to the first prediction that sees it, with everything on this machine, beside the bare way of a record
 * through the same broker.
 */
final class EventToPrediction implements Main.Benchmark {
    private static final Duration WARM_UP = Duration.ofSeconds(20);
    private static final Duration ROUND = Duration.ofSeconds(10);
    /** How many of the events are looked for at the most. */
    private static final int SAMPLES_PER_SECOND = 10;
    /** How many are looked for at once: looking costs the machine more than what is looked at. */
    private static final int LOOKERS = 2;
    private static final int FEWEST_SAMPLES = 10;
    private static final int PRODUCTS = 500;

    private final Load load = new Load();

    @Override
    public void run(Figures figures) throws Exception {
        Path directory = Files.createTempDirectory("doorstep-bench");
        try (Stack stack = Stack.start(new StackSettings(Path.of("").toAbsolutePath(), directory, false, 3000), (_, _) -> {
        })) {
            measure(stack, 200, WARM_UP);
            for (int rate : List.of(100, 1_000)) {
                Histogram bare = bare(stack, rate, ROUND);
                Histogram visible = measure(stack, rate, ROUND);
                figures.latencies("at-" + rate + "/s", visible);
                figures.latencies("kafka-at-" + rate + "/s", bare);
                figures.ratio(visible.getValueAtPercentile(50) / (double) bare.getValueAtPercentile(50), "kafka-at-" + rate + "/s-p50");
            }
        }
    }

    private Histogram measure(Stack stack, int perSecond, Duration duration) throws InterruptedException {
        Histogram latencies = new ConcurrentHistogram(3);
        String run = Long.toString(System.nanoTime());
        String events = stack.url(Service.INGEST) + "/v1/events";
        long period = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long count = duration.toNanos() / period;
        long every = perSecond / SAMPLES_PER_SECOND;
        Semaphore lookers = new Semaphore(LOOKERS);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            long started = System.nanoTime();
            for (long i = 0; i < count; i++) {
                long due = started + i * period;
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(due - System.nanoTime());
                }
                String session = run + "-" + i;
                boolean sampled = i % every == 0;
                String body = event(session, (int) (i % PRODUCTS));
                executor.execute(() -> {
                    // A sender that is told to come again in a second does; the time it takes counts.
                    while (!load.isOk(events, body)) {
                        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                    }
                    if (sampled && lookers.tryAcquire()) {
                        awaitVisible(stack, session);
                        latencies.recordValue(System.nanoTime() - due);
                        lookers.release();
                    }
                });
            }
        }
        if (latencies.getTotalCount() < FEWEST_SAMPLES) {
            throw new IllegalStateException("only " + latencies.getTotalCount() + " of " + count + " events were looked for");
        }
        return latencies;
    }

    private void awaitVisible(Stack stack, String session) {
        String body = "{\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"},\"items\":[{\"sku\":\"p-1\"}],\"sessionId\":\""
                + session + "\"}";
        try {
            while (load.answer(stack.url(Service.PREDICTION) + "/v1/predictions", body).contains("SESSION_UNKNOWN")) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String event(String session, int product) {
        return "{\"_id\":\"" + session + "\",\"_source\":{\"createdDateTime\":" + Clock.systemUTC().millis()
                + ",\"eventType\":\"product_view\",\"sessionId\":\"" + session + "\",\"products\":[{\"sku\":\"p-" + product
                + "\",\"stock\":5,\"handlingClass\":\"standard\"}],\"shipping\":{\"country\":\"US\",\"postalCode\":\"94110\"}}}";
    }

    /** Produce to consume of one small record at a time through the same broker. */
    private static Histogram bare(Stack stack, int perSecond, Duration duration) throws Exception {
        String topic = "bare-" + perSecond;
        Histogram latencies = new ConcurrentHistogram(3);
        Map<String, Object> servers = Map.of("bootstrap.servers", stack.kafka().bootstrapServers());
        try (Admin admin = Admin.create(servers)) {
            admin.createTopics(List.of(new NewTopic(topic, 4, (short) 1))).all().get();
        }
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
