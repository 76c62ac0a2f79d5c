package dev.doorstep.localstack.drill;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A small file system under DynamoDB's data that can be filled; an ordinary folder where none can be mounted. */
final class Disk implements AutoCloseable {
    private static final String SIZE = "size=192m";
    private static final byte[] CHUNK = new byte[1 << 16];

    private final Path folder;
    private final @Nullable String problem;

    private Disk(Path folder, @Nullable String problem) {
        this.folder = folder;
        this.problem = problem;
    }

    static Disk mount(Path folder) throws InterruptedException {
        try {
            Files.createDirectories(folder);
            Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", SIZE, "tmpfs", folder.toString()).redirectErrorStream(true)
                    .start();
            String output = new String(mount.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
            return new Disk(folder, mount.waitFor() == 0 ? null : "no tmpfs can be mounted: " + output);
        } catch (IOException e) {
            return new Disk(folder, "no tmpfs can be mounted: " + e.getMessage());
        }
    }

    Path folder() {
        return folder;
    }

    /** Why it can't be filled, or null. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Fills it to the last byte. */
    void fill() {
        try (OutputStream out = Files.newOutputStream(ballast())) {
            while (true) {
                out.write(CHUNK);
            }
        } catch (IOException _) {
            // Full.
        }
    }

    void free() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return folder.resolve("ballast");
    }

    @Override
    public void close() {
        if (problem != null) {
            return;
        }
        try {
            new ProcessBuilder("umount", "-l", folder.toString()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
