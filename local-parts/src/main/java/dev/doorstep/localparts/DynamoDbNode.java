package dev.doorstep.localparts;

import java.nio.file.Path;
import java.util.List;

/**
 * A real DynamoDB Local in a child JVM. Its data lives in memory and goes with the process, or in a folder and stays. Any credentials and
 * region are accepted and see the same tables.
 */
public final class DynamoDbNode extends LocalNode {
    private static final String IN_MEMORY = "-";

    private DynamoDbNode(Path directory, String data, int port) {
        super(port, () -> ChildProcess.startMain("dynamodb", DynamoDbMain.class,
                List.of("-Xmx384m", "--enable-native-access=ALL-UNNAMED"), List.of(data, Integer.toString(port)), directory));
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
}
