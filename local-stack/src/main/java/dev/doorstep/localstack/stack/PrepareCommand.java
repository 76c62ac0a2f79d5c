package dev.doorstep.localstack.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** Records the start-up cache of each service; part of the script's build step. */
@CommandLine.Command(name = "prepare", hidden = true)
public final class PrepareCommand implements Callable<Integer> {
    @Override
    public Integer call() throws IOException, InterruptedException {
        for (Service service : Service.ALL) {
            System.err.println("Recording the start-up cache of " + service.module() + " ...");
            ServiceImage.of(Path.of("").toAbsolutePath(), service).prepare();
        }
        return 0;
    }
}
