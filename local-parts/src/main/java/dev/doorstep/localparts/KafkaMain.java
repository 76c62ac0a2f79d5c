package dev.doorstep.localparts;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/** Runs one Kafka broker: {@code KafkaMain DATA_DIRECTORY PORT CONTROLLER_PORT PROXIED_PORT ADVERTISED_PORT}. */
final class KafkaMain {
    private KafkaMain() {}

    @SuppressWarnings("SystemOut") // the log of the child process
    public static void main(String[] arguments) throws Exception {
        Path data = Path.of(arguments[0]);
        format(data, System.out);
        KafkaRaftServer server = new KafkaRaftServer(
                new KafkaConfig(settings(data, arguments[1], arguments[2], arguments[3], arguments[4])), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown));
        server.startup();
        server.awaitShutdown();
    }

    private static void format(Path data, PrintStream out) throws Exception {
        if (Files.exists(data.resolve("meta.properties"))) {
            return;
        }
        Formatter formatter = new Formatter();
        formatter.setPrintStream(out).setNodeId(1).setClusterId(Uuid.randomUuid().toString()).setControllerListenerName("CONTROLLER")
                .setMetadataLogDirectory(data.toString()).addDirectory(data.toString());
        formatter.run();
    }

    private static Map<String, String> settings(Path data, String port, String controllerPort, String proxiedPort, String advertisedPort) {
        return Map.ofEntries(Map.entry("process.roles", "broker,controller"), Map.entry("node.id", "1"),
                Map.entry("listeners", "PLAINTEXT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + proxiedPort + ",CONTROLLER://127.0.0.1:"
                        + controllerPort),
                Map.entry("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port + ",PROXIED://127.0.0.1:" + advertisedPort),
                Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort), Map.entry("log.dirs", data.toString()),
                Map.entry("offsets.topic.num.partitions", "4"), Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("transaction.state.log.num.partitions", "4"), Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"), Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"), Map.entry("group.initial.rebalance.delay.ms", "0"),
                Map.entry("auto.create.topics.enable", "false"),
                // One that starts anew waits for the end of the session of the one that was killed.
                Map.entry("broker.session.timeout.ms", "4000"), Map.entry("broker.heartbeat.interval.ms", "500"),
                Map.entry("log.segment.bytes", "67108864"));
    }
}
