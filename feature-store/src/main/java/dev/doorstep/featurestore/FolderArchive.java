package dev.doorstep.featurestore;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An {@link Archive} in a folder that all replicas share. */
public final class FolderArchive implements Archive {
    private final Path folder;

    public FolderArchive(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    @Override
    public void put(String name, Path file) throws IOException {
        Path target = resolve(name);
        Files.createDirectories(target.getParent());
        Path part = target.resolveSibling(target.getFileName() + ".part");
        Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public InputStream get(String name) throws IOException {
        try {
            return Files.newInputStream(resolve(name));
        } catch (NoSuchFileException _) {
            throw new FileNotFoundException("the archive has no " + name);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(resolve(name));
    }

    @Override
    public void expire(LocalDate before) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> days;
        try (Stream<Path> entries = Files.list(folder)) {
            days = entries.filter(Files::isDirectory).filter(day -> day.getFileName().toString().matches("\\d{4}-\\d{2}-\\d{2}"))
                    .filter(day -> day.getFileName().toString().compareTo(before.toString()) < 0).toList();
        }
        for (Path day : days) {
            try (Stream<Path> files = Files.walk(day)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path resolve(String name) {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IllegalArgumentException("the name leaves the archive: " + name);
        }
        return file;
    }
}
