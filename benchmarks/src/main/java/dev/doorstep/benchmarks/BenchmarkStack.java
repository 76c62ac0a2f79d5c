package dev.doorstep.benchmarks;

import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The services as they ship, on ports and data of their own. */
final class BenchmarkStack {
    private static final int PORT_OFFSET = 3000;

    private BenchmarkStack() {}

    /** Starts everything, with the parts of some sources; returns when every service is ready. The caller closes it. */
    static Stack start(Source... sources) throws IOException {
        Path data = Files.createTempDirectory("doorstep-bench");
        return Stack.start(
                new StackSettings(Path.of("").toAbsolutePath(), data, false, PORT_OFFSET, false, null, Set.of(sources), Map.of()),
                (_, _) -> {
                });
    }
}
