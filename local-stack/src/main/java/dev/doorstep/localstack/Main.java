package dev.doorstep.localstack;

import dev.doorstep.localstack.demo.DemoCommand;
import dev.doorstep.localstack.drill.DrillCommand;
import dev.doorstep.localstack.outlet.SendCommand;
import dev.doorstep.localstack.simulation.SimulateCommand;
import dev.doorstep.localstack.stack.PrepareCommand;
import picocli.CommandLine;

/** Entry point of what the {@code doorstep} script runs in Java. */
@CommandLine.Command(name = "doorstep", subcommands = {DemoCommand.class, DrillCommand.class, PrepareCommand.class, SimulateCommand.class,
        SendCommand.class})
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).setExecutionExceptionHandler((e, command, _) -> {
            command.getErr().println("doorstep: " + e.getMessage());
            return 1;
        }).execute(arguments));
    }
}
