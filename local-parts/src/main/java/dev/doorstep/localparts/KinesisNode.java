package dev.doorstep.localparts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Kinesis emulator (the npm package kinesis-local, run by Node.js) in a child process. It speaks Kinesis' protocol over HTTP/1.1, has no
 * enhanced fan-out, takes any credentials and region, and writes its streams to its folder every half second, so that they outlive it.
 */
public final class KinesisNode extends LocalNode {
    /** Streams of one region are not seen in another one. */
    public static final String REGION = "eu-central-1";
    private static final String PACKAGE = "kinesis-local";
    private static final String INSTALL = "npm install -g kinesis-local@0.6.2";

    private KinesisNode(Path main, Path directory, int port, int tlsPort) {
        super(port, () -> ChildProcess.start("kinesis",
                List.of("env", "-C", main.toString(), "node", "--max-old-space-size=512", "main.js"),
                Map.of("KINESIS_MOCK_PLAIN_PORT", Integer.toString(port), "KINESIS_MOCK_TLS_PORT", Integer.toString(tlsPort), "AWS_REGION",
                        REGION, "LOG_LEVEL", "WARN", "SHOULD_PERSIST_DATA", "true", "PERSIST_PATH",
                        directory.resolve("kinesis").toAbsolutePath().toString(), "PERSIST_INTERVAL", "500ms"),
                directory));
    }

    /** Why it can't be started here, or null. */
    public static @Nullable String missing() {
        return home() == null ? "no " + PACKAGE + " (needs Node.js): " + INSTALL : null;
    }

    /**
     * Starts it on a free port; returns when it listens.
     *
     * @throws IllegalStateException when it is not installed
     */
    public static KinesisNode start(Path directory) {
        Path home = home();
        if (home == null) {
            throw new IllegalStateException(missing());
        }
        return new KinesisNode(home, directory, Ports.free(), Ports.free());
    }

    /** A stream of it, which may not be there yet; the caller closes it. */
    public KinesisStream stream(String name) {
        return new KinesisStream(endpoint(), REGION, name);
    }

    private static @Nullable Path home() {
        try {
            Process npm = new ProcessBuilder("npm", "root", "-g").redirectError(ProcessBuilder.Redirect.DISCARD).start();
            String root = npm.inputReader().readLine();
            Path home = root == null ? null : Path.of(root, PACKAGE);
            return home != null && Files.exists(home.resolve("main.js")) ? home : null;
        } catch (IOException _) {
            // There is no npm.
            return null;
        }
    }
}
