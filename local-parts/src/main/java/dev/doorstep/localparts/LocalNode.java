package dev.doorstep.localparts;

import java.time.Duration;
import java.util.function.Supplier;

/** A part in a child process, which can be killed or stopped and started again on the same port. Not thread-safe. */
public abstract sealed class LocalNode implements AutoCloseable permits DynamoDbNode, KafkaNode, KinesisNode, MotoNode, OpenSearchNode {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final int port;
    private final Supplier<ChildProcess> start;
    private ChildProcess process;

    /** Starts it; returns when it listens. */
    LocalNode(int port, Supplier<ChildProcess> start) {
        this.port = port;
        this.start = start;
        this.process = launch();
    }

    /** Where a client connects to that speaks HTTP. */
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

    /** Starts it again on the same port after {@link #close()} or a kill; returns when it listens. */
    public void restart() {
        process = launch();
    }

    /** Shuts it down as an operator would. */
    @Override
    public void close() {
        process.close();
    }

    int port() {
        return port;
    }

    private ChildProcess launch() {
        ChildProcess launched = start.get();
        Ports.awaitListening(launched, port, START_TIMEOUT);
        return launched;
    }
}
