package dev.doorstep.benchmarks;

import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Documents per second that ingest-service takes in bodies of 10,000, four at once, from first byte to Kafka's acknowledgement, beside a
 * bare producer that sends the same bytes to the same broker, as Kafka sets it up and with the batches of ingest-service. The services behind are stopped.
 */
final class Ingest implements Main.Benchmark {
    private static final int DOCUMENTS = 80_000;
    private static final int PER_BODY = 10_000;
    private static final int SENDERS = 4;
    /** Before both compilers have done their work, rounds tell more of them than of the service. */
    private static final int WARM_UP_ROUNDS = 20;
    private static final int ROUNDS = 5;
    private static final String BARE = "bare";
    /** Kafka's default, and what ingest-service takes. */
    private static final int KAFKAS_BATCH = 16 << 10;
    private static final int OUR_BATCH = 128 << 10;

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    public void run(Figures figures) throws Exception {
        try (Stack stack = BenchmarkStack.start()) {
            stack.process(Service.FEATURE).close();
            stack.process(Service.PREDICTION).close();
            take(stack, 0);
            List<ConsumerRecord<byte[], byte[]>> records = records(stack);
            for (int round = 1; round < WARM_UP_ROUNDS; round++) {
                take(stack, round);
            }
            for (int round = 0; round < WARM_UP_ROUNDS; round++) {
                send(stack, records, round % 2 == 0 ? KAFKAS_BATCH : OUR_BATCH);
            }
            double[] taken = new double[ROUNDS];
            double[] bare = new double[ROUNDS];
            double[] batched = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                taken[round] = take(stack, WARM_UP_ROUNDS + round);
                bare[round] = send(stack, records, KAFKAS_BATCH);
                batched[round] = send(stack, records, OUR_BATCH);
            }
            figures.value("documents", Figures.median(taken), "documents/s");
            figures.value("bare-producer", Figures.median(bare), "records/s");
            figures.ratio(Figures.median(taken) / Figures.median(bare), "bare-producer");
            figures.value("bare-producer-128k", Figures.median(batched), "records/s");
            figures.ratio(Figures.median(taken) / Figures.median(batched), "bare-producer-128k");
        }
    }

    private double take(Stack stack, int round) throws Exception {
        List<byte[]> bodies = new ArrayList<>();
        for (int from = 0; from < DOCUMENTS; from += PER_BODY) {
            bodies.add(body(round, from));
        }
        URI events = URI.create(stack.url(Service.INGEST) + "/v1/events");
        long started = System.nanoTime();
        List<Future<Integer>> answers = new ArrayList<>();
        try (ExecutorService senders = Executors.newFixedThreadPool(SENDERS)) {
            for (byte[] body : bodies) {
                Callable<Integer> post = () -> http.send(HttpRequest.newBuilder(events).header("Content-Type", "application/x-ndjson")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.discarding()).statusCode();
                answers.add(senders.submit(post));
            }
            for (Future<Integer> answer : answers) {
                if (answer.get() != 202) {
                    throw new IllegalStateException("a body was answered " + answer.get());
                }
            }
        }
        return DOCUMENTS * 1e9 / (System.nanoTime() - started);
    }

    private static byte[] body(int round, int from) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int i = from; i < from + PER_BODY; i++) {
            body.write(SampleDocument.of("r" + round + "-" + i, "s" + i % 1_000).getBytes(StandardCharsets.UTF_8));
            body.write('\n');
        }
        return body.toByteArray();
    }

    /** What ingest-service has put on Kafka in one round. */
    private static List<ConsumerRecord<byte[], byte[]>> records(Stack stack) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "auto.offset.reset", "earliest"), new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(Topics.EVENTS).stream().map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList());
            while (records.size() < DOCUMENTS) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        return records.subList(0, DOCUMENTS);
    }

    private static double send(Stack stack, List<ConsumerRecord<byte[], byte[]>> records, int batchBytes) throws Exception {
        Map<String, Object> servers = Map.of("bootstrap.servers", stack.kafka().bootstrapServers());
        try (Admin admin = Admin.create(servers)) {
            if (!admin.listTopics().names().get().contains(BARE)) {
                admin.createTopics(List.of(new NewTopic(BARE, 4, (short) 1))).all().get();
            }
        }
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", stack.kafka().bootstrapServers(), "acks", "all", "linger.ms", "1",
                        "batch.size", Integer.toString(batchBytes)),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.partitionsFor(BARE);
            long started = System.nanoTime();
            for (ConsumerRecord<byte[], byte[]> record : records) {
                var _ = producer.send(new ProducerRecord<>(BARE, null, null, record.key(), record.value(), record.headers()));
            }
            producer.flush();
            return records.size() * 1e9 / (System.nanoTime() - started);
        }
    }
}
