package dev.doorstep.localparts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real Kafka broker (KRaft, one node that is broker and controller) in a child JVM. It keeps its data when it is started again. */
public final class KafkaNode implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private final int controllerPort;
    private final int proxiedPort;
    private final int advertisedPort;
    private ChildProcess process;

    private KafkaNode(Path directory, int port) {
        this.directory = directory;
        this.port = port;
        this.controllerPort = Ports.free();
        this.proxiedPort = Ports.free();
        this.advertisedPort = Ports.free();
        this.process = launch();
    }

    /** Starts a broker on a free port; returns when it listens. */
    public static KafkaNode start(Path directory) {
        return start(directory, Ports.free());
    }

    /** Starts a broker; returns when it listens. */
    public static KafkaNode start(Path directory, int port) {
        return new KafkaNode(directory, port);
    }

    /** What a client connects to. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /** Starts a proxy; clients that connect to it stay behind it, since the broker tells them its address instead of its own. */
    public FaultyProxy proxy() {
        return FaultyProxy.start(advertisedPort, proxiedPort);
    }

    /** The broker's process as it is now. */
    public ChildProcess process() {
        return process;
    }

    /** Starts the broker again on the same port and data after {@link #stop()} or a kill. */
    public void restart() {
        process = launch();
    }

    /** Shuts it down as an operator would. */
    public void stop() {
        process.close();
    }

    @Override
    public void close() {
        stop();
    }

    private ChildProcess launch() {
        ChildProcess launched = ChildProcess.startMain("kafka", KafkaMain.class, List.of("-Xmx384m"),
                List.of(directory.resolve("kafka").toString(), Integer.toString(port), Integer.toString(controllerPort),
                        Integer.toString(proxiedPort), Integer.toString(advertisedPort)),
                directory);
        Ports.awaitListening(launched, port, START_TIMEOUT);
        return launched;
    }
}
