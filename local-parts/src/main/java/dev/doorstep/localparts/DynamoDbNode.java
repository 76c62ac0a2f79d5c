package dev.doorstep.localparts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A real DynamoDB Local in a child JVM. Its data lives in memory and goes with the process, or in a folder and stays. Any credentials and
 * region are accepted and see the same tables.
 */
public final class DynamoDbNode extends LocalNode {
    private static final String IN_MEMORY = "-";
    /** SQLite's, there while a transaction is half written. */
    private static final String JOURNAL = "shared-local-instance.db-journal";
    private static final Duration STOPPED_AFTER = Duration.ofMillis(20);
    private static final int TRIES = 1_000;

    private final Path journal;

    private DynamoDbNode(Path directory, String data, int port) {
        super(port, () -> ChildProcess.startMain("dynamodb", DynamoDbMain.class,
                List.of("-Xmx384m", "--enable-native-access=ALL-UNNAMED"), List.of(data, Integer.toString(port)), directory));
        this.journal = Path.of(data, JOURNAL);
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

    /**
     * Does something to it, such as killing it, while all that it has acknowledged is on its disk. DynamoDB keeps that promise always; this
     * one answers a client while it commits another one's transaction together with the client's, and forgets both where that commit fails.
     *
     * @throws IllegalStateException when it never comes to rest
     */
    public void betweenWrites(Runnable change) {
        for (int i = 0; i < TRIES; i++) {
            process().signal("STOP");
            try {
                // Threads that run on other cores stop a moment later.
                LockSupport.parkNanos(STOPPED_AFTER.toNanos());
                if (Files.notExists(journal)) {
                    change.run();
                    return;
                }
            } finally {
                process().signal("CONT");
            }
        }
        throw new IllegalStateException(process().name() + " was writing each of " + TRIES + " times, see " + process().log());
    }
}
