package dev.doorstep.ingestservice.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** The files that were read to their end, one line each in a file of its own. Not thread-safe. */
final class DoneFiles {
    private final Path list;
    private final Set<String> lines;

    DoneFiles(Path directory) {
        this.list = directory.resolve(".doorstep-done");
        try {
            Files.createDirectories(directory);
            this.lines = new HashSet<>(Files.exists(list) ? Files.readAllLines(list) : Set.of());
        } catch (IOException e) {
            throw new UncheckedIOException("doorstep.ingest.file.state-directory can't be used: " + directory, e);
        }
    }

    /**
     * One state of one file.
     *
     * @param modified time of the last change, epoch milliseconds
     */
    record Entry(String name, long size, long modified) {
        static Entry of(Path file) throws IOException {
            return new Entry(file.getFileName().toString(), Files.size(file), Files.getLastModifiedTime(file).toMillis());
        }

        String line() {
            return size + " " + modified + " " + name;
        }
    }

    boolean contains(Path file) throws IOException {
        return lines.contains(Entry.of(file).line());
    }

    void add(Entry entry) throws IOException {
        Files.writeString(list, entry.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.SYNC);
        lines.add(entry.line());
    }
}
