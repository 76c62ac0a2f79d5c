package dev.doorstep.localparts;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** A real Kafka broker (KRaft, one node that is broker and controller) in a child JVM. It keeps its data when it is started again. */
public final class KafkaNode extends LocalNode {
    private final int proxiedPort;
    private final int advertisedPort;

    private KafkaNode(Path directory, int port, int controllerPort, int proxiedPort, int advertisedPort) {
        super(port, () -> ChildProcess.startMain("kafka", KafkaMain.class, List.of("-Xmx384m"),
                List.of(directory.resolve("kafka").toString(), Integer.toString(port), Integer.toString(controllerPort),
                        Integer.toString(proxiedPort), Integer.toString(advertisedPort)),
                directory));
        this.proxiedPort = proxiedPort;
        this.advertisedPort = advertisedPort;
    }

    /** Starts a broker on a free port; returns when it listens. */
    public static KafkaNode start(Path directory) {
        return start(directory, Ports.free());
    }

    /** Starts a broker; returns when it listens. */
    public static KafkaNode start(Path directory, int port) {
        return new KafkaNode(directory, port, Ports.free(), Ports.free(), Ports.free());
    }

    /** What a client connects to. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port();
    }

    /** Creates a topic, and returns when the broker has it. */
    public void createTopic(String name, int partitions) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating " + name, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the broker did not create " + name, e);
        }
    }

    /** Starts a proxy; clients that connect to it stay behind it, since the broker tells them its address instead of its own. */
    @Override
    public FaultyProxy proxy() {
        return FaultyProxy.start(advertisedPort, proxiedPort);
    }
}
