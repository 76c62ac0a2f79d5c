package dev.doorstep.localparts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real OpenSearch node in a child JVM whose class path is that of the module local-opensearch. It keeps its data when it is started
 * again. Its port takes plain HTTP from anybody on this machine.
 */
public final class OpenSearchNode extends LocalNode {
    private static final String MAIN = "dev.doorstep.localopensearch.OpenSearchMain";

    private OpenSearchNode(String classPath, Path directory, int port) {
        super(port, () -> ChildProcess.startMain("opensearch", MAIN, classPath,
                List.of("-Xmx640m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
                List.of(directory.resolve("opensearch").toString(), Integer.toString(port)), directory));
    }

    /**
     * Starts a node on a free port; returns when it listens.
     *
     * @param root folder of the built project
     * @throws IllegalStateException when the module local-opensearch is not built
     */
    public static OpenSearchNode start(Path root, Path directory) {
        Path target = root.resolve("local-opensearch").resolve("target").toAbsolutePath();
        Path libraries = target.resolve("classpath");
        if (!Files.exists(libraries)) {
            throw new IllegalStateException("local-opensearch is not built: " + libraries + " is missing");
        }
        try {
            return new OpenSearchNode(target.resolve("classes") + ":" + Files.readString(libraries), directory, Ports.free());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
