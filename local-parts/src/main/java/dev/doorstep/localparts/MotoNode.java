package dev.doorstep.localparts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** AWS's services over their real protocols, by moto's server: those that have no emulator of their own here. */
public final class MotoNode extends LocalNode {
    private static final String COMMAND = "moto_server";

    private MotoNode(Path directory, int port) {
        super(port,
                () -> ChildProcess.start("moto", List.of(COMMAND, "-H", "127.0.0.1", "-p", Integer.toString(port)), Map.of(), directory));
    }

    /** Why it can't be started here, or null. */
    public static @Nullable String missing() {
        boolean there = Stream.of(System.getenv("PATH").split(":", -1)).anyMatch(folder -> Files.isExecutable(Path.of(folder, COMMAND)));
        return there ? null : COMMAND + " is not installed";
    }

    /** Starts it on a free port; returns when it listens. */
    public static MotoNode start(Path directory) {
        return new MotoNode(directory, Ports.free());
    }
}
