package dev.doorstep.localstack.demo;

import dev.doorstep.localstack.CallersFolder;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import dev.doorstep.localstack.stack.StackSettings;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Starts everything, replays the sample sessions and shows a delivery date for each. */
@CommandLine.Command(name = "demo", description = "Starts real Kafka, DynamoDB Local and the three services, replays sample_sessions.json and "
        + "shows a delivery date for each session.", mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    @CommandLine.Option(names = "--once", description = "End after the table instead of staying up until Ctrl-C.")
    private boolean once;

    @CommandLine.Option(names = "--json", description = "With --once: print one JSON line a session on standard output, and nothing else there.")
    private boolean json;

    @CommandLine.Option(names = "--data", description = "Keep Kafka's and DynamoDB's data in this folder between runs.")
    private @Nullable Path data;

    @CommandLine.Option(names = "--port-offset", description = "Added to every port, when one is taken.")
    private int portOffset;

    @CommandLine.Option(names = "--source", description = "How the sessions come in: http, kinesis or elasticsearch (default: http).", defaultValue = "http", converter = SourceName.class)
    private Source source = Source.HTTP;

    @CommandLine.Option(names = "--root", hidden = true)
    private Path root = Path.of("").toAbsolutePath();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (json && !once && spec != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--json goes with --once");
        }
        Path directory = data == null ? Files.createTempDirectory("doorstep-demo") : CallersFolder.resolve(data);
        if (data == null) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        }
        PrintStream progress = System.err;
        progress.println("Starting Kafka, DynamoDB Local and three services; logs in " + directory);
        try (Stack stack = Stack.start(
                new StackSettings(root, directory, data != null, portOffset, false, null,
                        source == Source.HTTP ? Set.of() : Set.of(source), Map.of()),
                (part, after) -> progress.printf(Locale.ROOT, "  %-20s ready after %4.1f s%n", part, after.toMillis() / 1000.0))) {
            Replay replay = new Replay(stack, source, root.resolve("sample_sessions.json"));
            Report report = new Report(stack, System.out);
            if (json) {
                replay.sessions().forEach(report::json);
            } else {
                report.table(replay.sessions());
                report.promise(replay.promise());
                report.addresses();
                report.curl(replay);
            }
            if (!once) {
                stayUp(stack, progress);
            }
        }
        return 0;
    }

    private static final class SourceName implements CommandLine.ITypeConverter<Source> {
        @Override
        public Source convert(String text) {
            return Stream.of(Source.values()).filter(each -> each.name().toLowerCase(Locale.ROOT).equals(text)).findFirst()
                    .orElseThrow(() -> new CommandLine.TypeConversionException("must be http, kinesis or elasticsearch: " + text));
        }
    }

    private static void stayUp(Stack stack, PrintStream progress) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            ended.countDown();
            stack.close();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        progress.println();
        progress.println("Everything stays up until Ctrl-C.");
        ended.await();
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException _) {
            // The processes may still be writing their last lines; the system clears its temporary folder by itself.
        }
    }
}
