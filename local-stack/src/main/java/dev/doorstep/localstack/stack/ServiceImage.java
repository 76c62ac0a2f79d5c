package dev.doorstep.localstack.stack;

import dev.doorstep.localparts.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * A service as it ships: its executable jar, or that jar extracted beside an ahead-of-time cache (JEP 483, JEP 514), as its container
 * image has it, which halves the time to start.
 */
final class ServiceImage {
    private static final String CACHE = "app.aot";
    /** Holds the digest of the jar that the image was made of. */
    private static final String MARK = "jar.sha256";
    /** The run that records takes no documents. */
    private static final String NO_KEY = "A".repeat(43) + "=";
    private static final List<String> JVM = List.of(ChildProcess.java(), "-XX:+UseSerialGC", ChildProcess.compilerArgument(), "-Xmx384m");

    private final Service service;
    private final Path jar;
    private final Path image;

    private ServiceImage(Service service, Path jar) {
        this.service = service;
        this.jar = jar;
        this.image = jar.resolveSibling("image");
    }

    /**
     * The image of a built service.
     *
     * @throws IllegalStateException when it was not built
     */
    static ServiceImage of(Path root, Service service) {
        Path target = root.resolve(service.module()).resolve("target");
        try (Stream<Path> files = Files.isDirectory(target) ? Files.list(target) : Stream.empty()) {
            Path jar = files.filter(file -> file.getFileName().toString().endsWith("-exec.jar")).findFirst()
                    .orElseThrow(() -> new IllegalStateException("no jar of " + service.module() + " in " + target + ", build it first"));
            return new ServiceImage(service, jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The command that starts it. */
    List<String> command() {
        List<String> command = new ArrayList<>(JVM);
        if (isPrepared()) {
            command.add("-XX:AOTCache=" + image.resolve(CACHE));
            command.addAll(List.of("-jar", extracted().toString()));
        } else {
            command.addAll(List.of("-jar", jar.toString()));
        }
        return command;
    }

    /** Extracts the jar and records the cache in a run that ends once the service is up. */
    void prepare() throws IOException, InterruptedException {
        run(List.of(ChildProcess.java(), "-Djarmode=tools", "-jar", jar.toString(), "extract", "--destination", image.toString(),
                "--force"));
        List<String> record = new ArrayList<>(JVM);
        record.addAll(List.of("-XX:AOTCacheOutput=" + image.resolve(CACHE), "-Dspring.context.exit=onRefresh",
                "-Ddoorstep.dead-letters.keys[0]=" + NO_KEY, "-Dserver.port=0",
                "-Dmanagement.server.port=0", "-jar", extracted().toString()));
        run(record);
        Files.writeString(image.resolve(MARK), digest());
    }

    /** Whether its cache is of this jar; by content, since reproducible builds give every jar the same time. */
    boolean isPrepared() {
        try {
            Path mark = image.resolve(MARK);
            return Files.exists(image.resolve(CACHE)) && Files.exists(mark) && Files.readString(mark).equals(digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String digest() throws IOException {
        try (InputStream in = Files.newInputStream(jar)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private Path extracted() {
        return image.resolve(jar.getFileName());
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        Path log = jar.resolveSibling("image.log");
        int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
        if (code != 0) {
            throw new IllegalStateException("the start-up cache of " + service.module() + " could not be recorded, see " + log);
        }
    }
}
