package dev.doorstep.modeltraining;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.doorstep.commonmodel.error.DoorstepException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The verbs of {@code ./doorstep} that make models. */
@Command(name = "./doorstep", subcommands = {GenerateVerb.class, TrainVerb.class, EvaluateVerb.class, BacktestVerb.class, MapVerb.class,
        PackageVerb.class, PublishVerb.class})
public final class Main {
    private static final int FAILED = 1;

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(line(new PrintWriter(System.out, true, UTF_8), new PrintWriter(System.err, true, UTF_8)).execute(arguments));
    }

    /** The command line; what is wrong with its input is told in one line. */
    static CommandLine line(PrintWriter out, PrintWriter err) {
        CommandLine line = new CommandLine(new Main());
        line.setOut(out);
        line.setErr(err);
        line.setExecutionExceptionHandler((e, command, _) -> {
            switch (e) {
                case DoorstepException told -> command.getErr().println("doorstep: " + told.getMessage());
                // Its message is often the path alone.
                case IOException failed ->
                    command.getErr().println("doorstep: " + failed.getClass().getSimpleName() + ": " + failed.getMessage());
                default -> throw e;
            }
            return FAILED;
        });
        line.setParameterExceptionHandler((ParameterException e, String[] _) -> {
            e.getCommandLine().getErr().println("doorstep: " + e.getMessage());
            return FAILED;
        });
        return line;
    }
}
