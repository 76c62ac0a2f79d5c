package dev.doorstep.localstack.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import tools.jackson.databind.json.JsonMapper;

/** Simulates what a platform team would otherwise wait weeks for. */
@CommandLine.Command(name = "simulate", description = "Simulates rollouts.", mixinStandardHelpOptions = true, subcommands = {
        SimulateCommand.Rollout.class,
        RatesCommand.class})
public final class SimulateCommand {

    /** One rollout or several. */
    @CommandLine.Command(name = "rollout", description = "Runs a whole rollout on the services as they ship, with two replicas of "
            + "prediction-service and days that go by in seconds. Prints its history and, last, one JSON line; ends with 1 when it does not "
            + "end as it must.", mixinStandardHelpOptions = true)
    static final class Rollout implements Callable<Integer> {
        @CommandLine.Option(names = "--scenario", required = true, split = ",", paramLabel = "NAME", description = "good, slow, biased, drifted, crashing, no-traffic or store-outage; several with commas, or 'all'.")
        private List<String> scenarios = List.of();

        @CommandLine.Option(names = "--port-offset", description = "Added to every port (default: ${DEFAULT-VALUE}).", defaultValue = "600")
        private int portOffset;

        @CommandLine.Option(names = "--root", hidden = true)
        private Path root = Path.of("").toAbsolutePath();

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

        @Override
        public Integer call() throws IOException, InterruptedException {
            List<String> known = RolloutSimulation.scenarios();
            List<String> asked = scenarios.equals(List.of("all")) ? known : scenarios;
            for (String each : asked) {
                if (!known.contains(each)) {
                    throw new CommandLine.ParameterException(spec.commandLine(),
                            "no scenario " + each + "; there are " + String.join(", ", known));
                }
            }
            Path data = Files.createTempDirectory("doorstep-simulation");
            System.err.println("Starting Kafka, DynamoDB Local and four services; logs in " + data);
            boolean good = true;
            try (RolloutSimulation simulation = RolloutSimulation.start(root, data, portOffset)) {
                for (String each : asked) {
                    SimulationResult result = simulation.run(each, System.out::println);
                    System.out.println(JsonMapper.builder().build().writeValueAsString(result));
                    good &= RolloutSimulation.isGood(result);
                }
            }
            return good ? 0 : 1;
        }
    }
}
