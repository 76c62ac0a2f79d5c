package dev.doorstep.localparts;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A real DynamoDB Local in a child JVM. Its data lives in memory and goes with the process, or in a folder and stays. Any credentials and
 * region are accepted and see the same tables.
 */
public final class DynamoDbNode implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final String IN_MEMORY = "-";

    private final Path directory;
    private final String data;
    private final int port;
    private ChildProcess process;

    private DynamoDbNode(Path directory, String data, int port) {
        this.directory = directory;
        this.data = data;
        this.port = port;
        this.process = launch();
    }

    /** Starts it with its data in memory on a free port; returns when it listens. */
    public static DynamoDbNode inMemory(Path directory) {
        return new DynamoDbNode(directory, IN_MEMORY, Ports.free());
    }

    /** Starts it with its data in memory; returns when it listens. */
    public static DynamoDbNode inMemory(Path directory, int port) {
        return new DynamoDbNode(directory, IN_MEMORY, port);
    }

    /** Starts it with its data kept in a folder; returns when it listens. */
    public static DynamoDbNode durable(Path directory, Path data, int port) {
        return new DynamoDbNode(directory, data.toString(), port);
    }

    /** Where a client connects to. */
    public String endpoint() {
        return "http://127.0.0.1:" + port;
    }

    /** Starts a proxy before it, on a free port. */
    public FaultyProxy proxy() {
        return FaultyProxy.start(0, port);
    }

    /** Its process as it is now. */
    public ChildProcess process() {
        return process;
    }

    /** Starts it again on the same port after {@link #stop()} or a kill. */
    public void restart() {
        process = launch();
    }

    /** Shuts it down. */
    public void stop() {
        process.close();
    }

    @Override
    public void close() {
        stop();
    }

    private ChildProcess launch() {
        ChildProcess launched = ChildProcess.startMain("dynamodb", DynamoDbMain.class,
                List.of("-Xmx384m", "--enable-native-access=ALL-UNNAMED"), List.of(data, Integer.toString(port)),
                directory);
        Ports.awaitListening(launched, port, START_TIMEOUT);
        return launched;
    }
}
