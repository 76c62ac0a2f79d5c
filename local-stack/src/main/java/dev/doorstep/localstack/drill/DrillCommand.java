package dev.doorstep.localstack.drill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** Makes faults under load and counts what became of every document. */
@CommandLine.Command(name = "drill", description = "Makes a fault under load, on real Kafka, DynamoDB Local and the services as they ship, and "
        + "counts in the store what became of every document. Prints one JSON line a drill; ends with 1 when anything is lost or doubled.", mixinStandardHelpOptions = true)
public final class DrillCommand implements Callable<Integer> {
    @CommandLine.Parameters(arity = "0..1", paramLabel = "NAME", description = "Which drill, 'all', or 'list' to see what there is.", defaultValue = "list")
    private String name = "list";

    @CommandLine.Option(names = "--port-offset", description = "Added to every port (default: ${DEFAULT-VALUE}).", defaultValue = "500")
    private int portOffset;

    @CommandLine.Option(names = "--root", hidden = true)
    private Path root = Path.of("").toAbsolutePath();

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> known = DrillRunner.all().stream().map(drill -> drill[0]).toList();
        if (name.equals("list")) {
            DrillRunner.all().forEach(drill -> System.out.printf(Locale.ROOT, "%-28s%s%n", drill[0], drill[1]));
            return 0;
        }
        if (!name.equals("all") && !known.contains(name) && spec != null) {
            throw new CommandLine.ParameterException(spec.commandLine(), "no drill " + name + "; there are " + String.join(", ", known));
        }
        Path data = Files.createTempDirectory("doorstep-drill");
        System.err.println("Starting Kafka, DynamoDB Local and three services; logs in " + data);
        boolean good = true;
        List<String> drills = name.equals("all") ? known : List.of(name);
        try (DrillRunner runner = DrillRunner.start(root, data, portOffset, drills)) {
            for (String each : drills) {
                System.err.println("Drill " + each + " ...");
                good &= run(runner, each);
            }
        }
        return good ? 0 : 1;
    }

    private static boolean run(DrillRunner runner, String name) {
        try {
            Result result = runner.run(name);
            System.out.println(new JsonMapper().writeValueAsString(result));
            return result.isGood();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (Exception e) {
            System.err.println("doorstep: drill " + name + " could not be run to its end: " + e);
            return false;
        }
    }
}
