package dev.doorstep.ingestservice.file;

import dev.doorstep.commonmodel.document.DocumentLimits;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.ingestservice.IngestSettings;
import dev.doorstep.ingestservice.intake.BodyIntake;
import dev.doorstep.ingestservice.intake.Receipt;
import dev.doorstep.servicekit.work.Repeating;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads a file, or every file of a folder, in any of the forms that HTTP takes. A file is done, and not read again while its name, size
 * and time stay as they are, once Kafka has acknowledged all of it; after a crash it is read from its start, which changes nothing, since
 * the events are known by then. Names that start with a dot or end in {@code .part} or {@code .tmp} are left alone.
 */
@Component
@ConditionalOnProperty("doorstep.ingest.file.path")
class FileSource implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(FileSource.class);
    private static final String SOURCE = "file";

    private final BodyIntake intake;
    private final int documentBytes;
    private final Path path;
    private final DoneFiles done;
    private final Repeating scans;

    FileSource(BodyIntake intake, IngestSettings settings) {
        this.intake = intake;
        this.documentBytes = settings.limits().documentBytes();
        this.path = Objects.requireNonNull(settings.file().path(), "doorstep.ingest.file.path").toAbsolutePath();
        Path state = settings.file().stateDirectory();
        this.done = new DoneFiles(state != null ? state : Files.isDirectory(path) ? path : Objects.requireNonNull(path.getParent()));
        this.scans = new Repeating("file-source", path + " can't be read", Duration.ZERO, settings.file().scanInterval(), this::scan);
    }

    @Override
    public void start() {
        scans.start();
    }

    @Override
    public void stop() {
        scans.stop();
    }

    @Override
    public boolean isRunning() {
        return scans.isRunning();
    }

    private void scan() throws IOException {
        for (Path file : files()) {
            if (isRunning() && !done.contains(file)) {
                read(file);
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(path)) {
            return Files.exists(path) ? List.of(path) : List.of();
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.filter(Files::isRegularFile).filter(FileSource::isComplete).sorted().toList();
        }
    }

    private static boolean isComplete(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".") && !name.endsWith(".part") && !name.endsWith(".tmp");
    }

    private void read(Path file) throws IOException {
        DoneFiles.Entry entry = DoneFiles.Entry.of(file);
        AtomicLong documents = new AtomicLong();
        AtomicLong unavailable = new AtomicLong();
        try (InputStream in = Files.newInputStream(file)) {
            // A file may be longer than any body: it can wait, and its disk is already paid for.
            DocumentLimits limits = new DocumentLimits(documentBytes, Long.MAX_VALUE);
            DoorstepException problem = intake.take(new BodyIntake.Body(in, SOURCE, file.getFileName().toString(), limits, Long.MAX_VALUE),
                    receipt -> {
                        documents.incrementAndGet();
                        if (receipt.status() == Receipt.Status.UNAVAILABLE) {
                            unavailable.incrementAndGet();
                        }
                    });
            if (problem != null) {
                log.warn("{} is damaged after {} documents and is not read again until it changes: {}", file, documents,
                        problem.getMessage());
            }
        }
        if (unavailable.get() > 0) {
            log.warn("{}: Kafka did not acknowledge {} of {} documents; the file is read again", file, unavailable, documents);
            return;
        }
        done.add(entry);
        log.info("{}: {} documents handed to Kafka", file, documents);
    }
}
