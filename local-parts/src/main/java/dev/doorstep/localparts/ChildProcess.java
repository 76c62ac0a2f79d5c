package dev.doorstep.localparts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process that ends with this JVM, whatever ends it: a shell stands between both and waits on a pipe that only this JVM holds open, so
 * that the system's closing of the pipe, even after SIGKILL, ends the child. Needs a POSIX shell. Thread-safe.
 */
public final class ChildProcess implements AutoCloseable {
    /** Starts the command, then waits for whichever comes first: the end of the pipe or of the command. */
    private static final String GUARD = """
                                        exec 2>>"$0" 4>&2 3<&0
                                        "$@" </dev/null >&4 3<&- &
                                        child=$!
                                        echo $child
                                        exec >&-
                                        (cat <&3 >/dev/null; kill -TERM $child 2>/dev/null; sleep 20; kill -KILL $child 2>/dev/null) </dev/null >/dev/null 2>&1 &
                                        watcher=$!
                                        exec 3<&-
                                        wait $child
                                        code=$?
                                        kill $watcher 2>/dev/null
                                        exit $code
                                        """;
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

    private final String name;
    private final Path log;
    private final Process guard;
    private final long pid;

    private ChildProcess(String name, Path log, Process guard, long pid) {
        this.name = name;
        this.log = log;
        this.guard = guard;
        this.pid = pid;
    }

    /**
     * Starts a command.
     *
     * @param name stands in messages and names the log file
     * @param command the program and its arguments
     * @param environment added to this process's own
     * @param directory where {@code NAME.log} is written
     */
    public static ChildProcess start(String name, List<String> command, Map<String, String> environment, Path directory) {
        Path log = directory.resolve(name + ".log");
        List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, log.toString()));
        guarded.addAll(command);
        try {
            Files.createDirectories(directory);
            ProcessBuilder builder = new ProcessBuilder(guarded);
            builder.environment().putAll(environment);
            Process process = builder.start();
            String pid = process.inputReader().readLine();
            if (pid == null) {
                throw new IllegalStateException(name + " did not start, see " + log);
            }
            return new ChildProcess(name, log, process, Long.parseLong(pid));
        } catch (IOException e) {
            throw new UncheckedIOException(name + " did not start", e);
        }
    }

    /**
     * Which compilers a Java child has: five JVMs start on a few cores at once, and the first seconds count more than what the second
     * compiler would bring; unless this JVM was told which to have, as benchmarks are.
     */
    public static String compilerArgument() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(each -> each.startsWith("-XX:TieredStopAtLevel="))
                .findFirst().orElse("-XX:TieredStopAtLevel=1");
    }

    /** Starts a Java main class of this JVM's own class path. */
    static ChildProcess startMain(String name, Class<?> main, List<String> jvmArguments, List<String> arguments, Path directory) {
        return startMain(name, main.getName(), System.getProperty("java.class.path"), jvmArguments, arguments, directory);
    }

    /** Starts a Java main class of another class path. */
    static ChildProcess startMain(String name, String main, String classPath, List<String> jvmArguments, List<String> arguments,
            Path directory) {
        List<String> command = new ArrayList<>(List.of(java(), "-XX:+UseSerialGC", compilerArgument(),
                // Whichever logging library the class path has.
                "-Dlogback.configurationFile=child-logback.xml", "-Dlog4j2.configurationFile=child-log4j2.xml"));
        command.addAll(jvmArguments);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return start(name, command, Map.of(), directory);
    }

    /** The launcher of the JVM that this code runs on. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    public long pid() {
        return pid;
    }

    public boolean isAlive() {
        return guard.isAlive();
    }

    /** Ends it at once, as {@code kill -9} does, and returns when it is gone. */
    public void kill() {
        signal("KILL");
        awaitEnd();
    }

    /** Sends a signal by name, such as {@code STOP} or {@code CONT}. */
    public void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).redirectErrorStream(true).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending " + signal + " to " + name, e);
        }
    }

    /** Asks it to end, and returns when it is gone. */
    @Override
    public void close() {
        if (guard.isAlive()) {
            signal("TERM");
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!guard.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                signal("KILL");
                guard.waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + name + " to end", e);
        }
    }
}
