package dev.doorstep.localstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.localstack.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole rollouts, each to its end, on the services as they ship. */
class RolloutSimulationTest {
    @TempDir
    static Path directory;

    private static RolloutSimulation simulation;

    @BeforeAll
    static void startParts() throws Exception {
        simulation = RolloutSimulation.start(Project.prepared(), directory, 1100);
    }

    @AfterAll
    static void stopParts() {
        simulation.close();
    }

    @ParameterizedTest
    @CsvSource({"good,active,1.1.0,,", "slow,rolled-back,1.0.0,latency,rolled-back", "biased,rolled-back,1.0.0,late-rate,rolled-back",
            "drifted,active,1.4.0,calibration,calibration", "crashing,rolled-back,1.0.0,errors,rolled-back",
            "no-traffic,paused,1.0.0,,", "store-outage,active,1.7.0,,"})
    void scenario_endsAsItMust_andFailsNoRequest(String scenario, String state, String version, @Nullable String failedCheck,
            @Nullable String alert) throws Exception {
        List<String> history = new ArrayList<>();
        SimulationResult result = simulation.run(scenario, history::add);
        assertThat(result).as(String.join("\n", history)).extracting(SimulationResult::finalState, SimulationResult::version,
                SimulationResult::failedRequests).containsExactly(state, version, 0L);
        if (failedCheck != null) {
            assertThat(simulation.failedChecks()).contains(failedCheck);
        }
        if (alert != null) {
            await().untilAsserted(() -> assertThat(simulation.alerts()).as(String.join("\n", history)).contains(alert));
        }
        assertThat(history.getFirst()).contains("demo").contains("started");
    }
}
