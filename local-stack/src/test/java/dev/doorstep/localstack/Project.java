package dev.doorstep.localstack;

import dev.doorstep.localstack.stack.PrepareCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The project's folder and the tools that a test may find on this machine. */
public final class Project {
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Project() {}

    /**
     * The project's folder, with services that start in half the time: they have what their images have. Tests start some sixty.
     *
     * @throws IllegalStateException when they were not built
     */
    public static Path prepared() {
        try {
            PrepareCommand.prepare(ROOT);
            return ROOT;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while services were prepared", e);
        }
    }

    public static String read(String path) {
        try {
            return Files.readString(ROOT.resolve(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean hasTool(String name) {
        for (String directory : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(directory, name))) {
                return true;
            }
        }
        return false;
    }

    /** What a command printed on both outputs, when it ended with 0. */
    static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(ROOT.toFile()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(2, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }
}
