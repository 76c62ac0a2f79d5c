package dev.doorstep.featurestore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;

/** Keeps files under names of the form {@code 2026-11-24/…}. Thread-safe. */
public interface Archive {
    /** Stores a file under a name, as a whole or not at all; the file itself is left where it is. */
    void put(String name, Path file) throws IOException;

    /**
     * The bytes of a file.
     *
     * @throws java.io.FileNotFoundException when there is none of that name
     */
    InputStream get(String name) throws IOException;

    /** Removes a file; one that is not there is removed already. */
    void delete(String name) throws IOException;

    /** Removes all files of the days before one. */
    void expire(LocalDate before) throws IOException;
}
