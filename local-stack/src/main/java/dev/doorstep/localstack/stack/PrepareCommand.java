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
        prepare(Path.of("").toAbsolutePath());
        return 0;
    }

    /** Records what is not recorded yet of the services that were built under a root. */
    public static void prepare(Path root) throws IOException, InterruptedException {
        for (Service service : Service.ALL) {
            ServiceImage image = ServiceImage.of(root, service);
            if (!image.isPrepared()) {
                System.err.println("Recording the start-up cache of " + service.module() + " ...");
                image.prepare();
            }
        }
    }
}
