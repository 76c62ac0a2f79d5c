package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.document.Spill;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The originals that are too long to be kept in their dead letters: encrypted on their way to the archive. Thread-safe. */
public final class Originals {
    private final @Nullable Archive archive;
    private final DeadLetterSeal seal;
    private final Clock clock;

    /**
     * Creates the store.
     *
     * @param archive null where long originals are not kept but for their start
     */
    public Originals(@Nullable Archive archive, DeadLetterSeal seal, Clock clock) {
        this.archive = archive;
        this.seal = seal;
        this.clock = clock;
    }

    /** Takes an original whose bytes are still on their way. */
    public Incoming incoming() {
        return new Incoming();
    }

    /**
     * Archives an original; returns its name in the archive, or null where there is no archive.
     *
     * @throws IOException when the archive does not take it
     */
    public @Nullable String archive(byte[] original) throws IOException {
        if (archive == null) {
            return null;
        }
        Incoming incoming = incoming();
        incoming.write(original, 0, original.length);
        return incoming.archive();
    }

    /** The bytes of an archived original; the caller closes it. */
    public InputStream open(String name) throws IOException {
        if (archive == null) {
            throw new IOException("doorstep.dead-letters.archive is not set");
        }
        String keyId = name.substring(name.lastIndexOf('.') + 1);
        seal.requireKey(keyId);
        return seal.opening(archive.get(name), keyId);
    }

    /** Removes an archived original. */
    public void delete(String name) throws IOException {
        if (archive != null) {
            archive.delete(name);
        }
    }

    /** Removes the originals that are older than their letters can be. */
    public void expire(LocalDate before) throws IOException {
        if (archive != null) {
            archive.expire(before);
        }
    }

    /** An original on its way: written, encrypted, to a temporary file, and from there to the archive or away. Not thread-safe. */
    public final class Incoming implements Spill {
        private @Nullable Path file;
        private @Nullable OutputStream out;
        private @Nullable IOException failure;

        private Incoming() {}

        @Override
        public void write(byte[] bytes, int offset, int length) {
            if (archive == null || failure != null) {
                return;
            }
            try {
                OutputStream open = out;
                if (open == null) {
                    Path created = Files.createTempFile("doorstep-original", null);
                    file = created;
                    open = seal.sealing(Files.newOutputStream(created));
                    out = open;
                }
                open.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
            }
        }

        /**
         * Hands the original to the archive; returns its name there, or null where there is no archive.
         *
         * @throws IOException when it could not be kept
         */
        public @Nullable String archive() throws IOException {
            Archive target = archive;
            Path written = file;
            if (target == null) {
                return null;
            }
            try {
                if (out != null) {
                    out.close();
                }
                if (failure != null || written == null) {
                    throw new IOException("the original could not be written down", failure);
                }
                String name = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC) + "/" + UUID.randomUUID() + "." + seal.keyId();
                target.put(name, written);
                return name;
            } finally {
                discard();
            }
        }

        /** Forgets it. */
        public void discard() {
            try {
                if (out != null) {
                    out.close();
                }
                if (file != null) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
