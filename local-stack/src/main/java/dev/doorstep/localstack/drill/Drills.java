package dev.doorstep.localstack.drill;

import dev.doorstep.localparts.FaultyProxy;
import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localparts.KinesisStream;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The faults under which every document must still count once. */
final class Drills {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(8);
    private static final int EVENTS = 200;
    /** Sent at once: more than ten times what DynamoDB Local takes in a second on a small machine. */
    private static final int BURST = 15_000;
    /** Of the limit, between two collections: the whole burst would be over it. */
    private static final double MOST_HEAP = 0.95;
    private static final int POINTS_IN_TIME = 100;
    private static final Pattern READS = Pattern.compile("reads [1-9]\\d* shards of ");
    private static final Service SECOND_INGEST = Service.INGEST.nextReplica();
    private static final Service SECOND_FEATURE = Service.FEATURE.nextReplica();
    /** Each replica of feature-service consumes with two threads. */
    private static final int MEMBERS_OF_ONE = 2;

    static final List<Drill> ALL = List.of(
            new Drill("kill-ingest-service", "SIGKILL of ingest-service under load", true, scene -> killAndRestart(scene, Service.INGEST)),
            new Drill("kill-feature-service", "SIGKILL of feature-service under load", false,
                    scene -> killAndRestart(scene, Service.FEATURE)),
            new Drill("kill-prediction-service", "SIGKILL of prediction-service under load", false, Drills::killPredictionService),
            new Drill("kill-in-kafka-transaction", "SIGKILL of ingest-service while its Kafka transaction is open", true,
                    scene -> killBeforeItHears(scene, scene.stack().kafkaProxy(), Service.INGEST, 3)),
            new Drill("kill-in-store-transaction", "SIGKILL of feature-service after DynamoDB has committed and before it hears of it",
                    true,
                    scene -> killBeforeItHears(scene, scene.stack().dynamoDbProxy(), Service.FEATURE, 2)),
            new Drill("broker-restart", "SIGKILL and restart of the broker", false,
                    scene -> brokerGone(scene, Duration.ZERO)),
            new Drill("broker-gone", "no broker for a minute", false, scene -> brokerGone(scene, MINUTE)),
            new Drill("store-throttled", "DynamoDB refuses six requests of ten", true, Drills::storeThrottled),
            new Drill("store-gone", "no DynamoDB for 20 seconds", false, Drills::storeGone),
            new Drill("rebalance", "a second feature-service comes and goes", true, Drills::rebalance),
            new Drill("zombie", "a feature-service sleeps, loses its partitions and wakes", false, Drills::zombie),
            new Drill("disk-full", "the disk under DynamoDB is full", false, Drills::diskFull, scene -> scene.disk().problem()),
            new Drill("clock-jump", "the services' clock jumps three days ahead and a day back", false, Drills::clockJump,
                    _ -> faketime() == null ? "libfaketime is not installed" : null),
            new Drill("network-stall", "Kafka and DynamoDB are silent for 20 seconds", false, Drills::networkStall),
            new Drill("burst", "ten times the sustainable rate", false, Drills::burst),
            new Drill("replay-twice", "every document is sent twice more, every dead letter is replayed twice", true, Drills::replayTwice),
            kinesis("kinesis-reshard", "a shard is split and two are merged while records come in", false, Drills::reshard),
            kinesis("kinesis-lease-lost", "a replica sleeps, loses its leases to another one and wakes while it still writes", false,
                    Drills::leaseLost),
            kinesis("kinesis-worker-kill", "SIGKILL of one of two replicas that read a stream", true, Drills::workerKill),
            new Drill("elasticsearch-restart", "SIGKILL and restart of the cluster that is read, then of the service that reads it",
                    Source.ELASTICSEARCH, true,
                    Drills::searchRestart, _ -> null),
            new Drill("point-in-time-expiry", "the cluster forgets every point in time, again and again", Source.ELASTICSEARCH, false,
                    Drills::pointsInTimeGone, _ -> null));

    private Drills() {}

    private static Drill kinesis(String name, String description, boolean brief, Drill.Fault fault) {
        return new Drill(name, description, Source.KINESIS, brief, fault, _ -> KinesisNode.missing());
    }

    private static void killAndRestart(Scene scene, Service service) throws InterruptedException {
        scene.kill(service);
        scene.healed();
        scene.stack().restart(service);
        scene.awaitProgress(EVENTS);
    }

    private static void killPredictionService(Scene scene) throws InterruptedException {
        String order = """
                       {"destination": {"country": "US", "postalCode": "94110"}, "items": [{"sku": "LMP-2041", "quantity": 1}]}""";
        String url = scene.stack().url(Service.PREDICTION) + "/v1/predictions";
        scene.await("prediction-service answers", () -> scene.post(url, order).statusCode() == 200);
        scene.kill(Service.PREDICTION);
        scene.healed();
        scene.stack().restart(Service.PREDICTION);
        scene.await("prediction-service answers again", () -> scene.post(url, order).statusCode() == 200);
    }

    /** Whatever the service asks for next happens without its hearing of it; then it is killed. */
    private static void killBeforeItHears(Scene scene, FaultyProxy proxy, Service service, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            proxy.stallAnswers();
            scene.during(Duration.ofMillis(700));
            scene.kill(service);
            proxy.heal();
            scene.healed();
            scene.stack().restart(service);
            scene.awaitProgress(EVENTS);
        }
    }

    private static void brokerGone(Scene scene, Duration time) throws InterruptedException {
        scene.stack().kafka().process().kill();
        scene.during(time);
        scene.stack().kafka().restart();
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void storeThrottled(Scene scene) throws InterruptedException {
        scene.stack().dynamoDbProxy().throttle(0.6);
        scene.during(SHORT);
        scene.stack().dynamoDbProxy().heal();
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void storeGone(Scene scene) throws InterruptedException {
        scene.stack().dynamoDb().betweenWrites(scene.stack().dynamoDb().process()::kill);
        scene.during(LONG);
        scene.stack().dynamoDb().restart();
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void rebalance(Scene scene) throws InterruptedException {
        scene.stack().restart(SECOND_FEATURE);
        scene.await("both replicas have partitions", () -> scene.members() > MEMBERS_OF_ONE);
        scene.awaitProgress(EVENTS);
        scene.stop(SECOND_FEATURE);
        scene.healed();
        scene.await("one replica has all partitions", () -> scene.members() == MEMBERS_OF_ONE);
        scene.awaitProgress(EVENTS);
    }

    private static void zombie(Scene scene) throws InterruptedException {
        scene.stack().restart(SECOND_FEATURE);
        scene.await("both replicas have partitions", () -> scene.members() > MEMBERS_OF_ONE);
        scene.stack().process(Service.FEATURE).signal("STOP");
        scene.await("the second one has all partitions", () -> scene.members() == MEMBERS_OF_ONE);
        scene.awaitProgress(EVENTS);
        scene.stack().process(Service.FEATURE).signal("CONT");
        scene.healed();
        scene.await("both replicas have partitions again", () -> scene.members() > MEMBERS_OF_ONE);
        scene.awaitProgress(EVENTS);
        scene.stop(SECOND_FEATURE);
        scene.awaitProgress(EVENTS);
    }

    private static void diskFull(Scene scene) throws InterruptedException {
        scene.stack().dynamoDb().betweenWrites(scene.disk()::fill);
        scene.during(LONG);
        scene.stack().dynamoDb().betweenWrites(scene.disk()::free);
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void clockJump(Scene scene) throws InterruptedException, IOException {
        Path clock = scene.stack().logs().resolve("clock");
        Files.writeString(clock, "+0");
        Map<String, String> faked = Map.of("LD_PRELOAD", String.valueOf(faketime()), "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_CACHE_DURATION", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1", "DONT_FAKE_MONOTONIC", "1");
        for (Service service : List.of(Service.INGEST, Service.FEATURE)) {
            scene.stop(service);
            scene.stack().restart(service, faked);
        }
        scene.awaitProgress(EVENTS);
        Files.writeString(clock, "+3d");
        scene.awaitProgress(2 * EVENTS);
        Files.writeString(clock, "-1d");
        scene.awaitProgress(2 * EVENTS);
        Files.writeString(clock, "+0");
        scene.healed();
        for (Service service : List.of(Service.INGEST, Service.FEATURE)) {
            scene.stop(service);
            scene.stack().restart(service);
        }
        scene.awaitProgress(EVENTS);
    }

    private static void networkStall(Scene scene) throws InterruptedException {
        scene.stack().kafkaProxy().stall();
        scene.stack().dynamoDbProxy().stall();
        scene.during(LONG);
        scene.stack().kafkaProxy().heal();
        scene.stack().dynamoDbProxy().heal();
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void burst(Scene scene) throws InterruptedException, IOException {
        scene.traffic().burst(BURST);
        scene.healed();
        scene.await("the ledger shows what waits and for how long",
                () -> scene.ledger().path("total").path("inFlight").asLong() > 1_000 && oldest(scene) > 0);
        // The burst waits in Kafka: neither the one who took it nor the one who applies it may hold it in memory.
        double fullest = 0;
        while (scene.ledger().path("total").path("inFlight").asLong() >= 1_000) {
            fullest = Math.max(fullest, Math.max(scene.heapUse(Service.INGEST), scene.heapUse(Service.FEATURE)));
            scene.during(Duration.ofSeconds(1));
        }
        System.err.printf(Locale.ROOT, "  the fullest heap was at %.0f %% of its limit%n", fullest * 100);
        if (fullest > MOST_HEAP) {
            throw new IllegalStateException("a heap filled up to " + fullest);
        }
    }

    private static long oldest(Scene scene) throws IOException, InterruptedException {
        long oldest = 0;
        for (var partition : scene.ledger().path("partitions")) {
            oldest = Math.max(oldest, partition.path("oldestSeconds").asLong());
        }
        return oldest;
    }

    private static void replayTwice(Scene scene) throws InterruptedException, IOException {
        scene.awaitProgress(5 * EVENTS);
        scene.traffic().stop();
        scene.traffic().again();
        scene.traffic().again();
        for (int i = 0; i < 2; i++) {
            String url = scene.stack().managementUrl(Service.INGEST) + "/v1/dead-letters/replays";
            String replay = scene.json(scene.post(url, "{\"reason\":\"INVALID_FIELD\",\"includeFailed\":true}").body())
                    .path("replayId").asString();
            scene.await("the dead letters are replayed",
                    () -> scene.json(scene.get(url + "/" + replay).body()).path("state").asString().equals("done"));
        }
    }

    private static void reshard(Scene scene) throws InterruptedException {
        try (KinesisStream stream = scene.stack().sources().stream()) {
            stream.split();
            scene.awaitProgress(EVENTS);
            stream.merge();
            scene.healed();
            scene.awaitProgress(EVENTS);
        }
    }

    private static void leaseLost(Scene scene) throws InterruptedException {
        scene.stop(Service.INGEST);
        scene.stack().restart(Service.INGEST);
        scene.awaitProgress(EVENTS);
        scene.stack().process(Service.INGEST).signal("STOP");
        scene.stack().restart(SECOND_INGEST);
        scene.awaitProgress(EVENTS);
        scene.stack().process(Service.INGEST).signal("CONT");
        scene.healed();
        scene.awaitProgress(EVENTS);
        scene.stop(SECOND_INGEST);
        scene.awaitProgress(EVENTS);
    }

    private static void workerKill(Scene scene) throws InterruptedException {
        scene.stack().restart(SECOND_INGEST);
        scene.await("the second replica reads", () -> READS
                .matcher(scene.get(scene.stack().managementUrl(SECOND_INGEST) + "/actuator/health").body()).find());
        scene.awaitProgress(EVENTS);
        scene.kill(SECOND_INGEST);
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static void searchRestart(Scene scene) throws InterruptedException {
        scene.stack().sources().openSearch().process().kill();
        scene.during(SHORT);
        scene.stack().sources().openSearch().restart();
        scene.awaitProgress(EVENTS);
        scene.kill(Service.INGEST);
        scene.healed();
        scene.stack().restart(Service.INGEST);
        scene.awaitProgress(EVENTS);
    }

    private static void pointsInTimeGone(Scene scene) throws InterruptedException, IOException {
        for (int i = 0; i < POINTS_IN_TIME; i++) {
            scene.stack().sources().openSearch().ask("DELETE", "/_search/point_in_time/_all", "");
            scene.during(Duration.ofMillis(50));
        }
        scene.healed();
        scene.awaitProgress(EVENTS);
    }

    private static @Nullable Path faketime() {
        try (Stream<Path> folders = Files.list(Path.of("/usr/lib"))) {
            return folders.map(folder -> folder.resolve("faketime/libfaketimeMT.so.1")).filter(Files::exists).findFirst().orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
