package dev.doorstep.localstack.drill;

import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.localstack.Project;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The brief drills of the sources, on a real OpenSearch node and a Kinesis emulator. */
@Timeout(240)
class SourceDrillTest {
    @TempDir
    static Path directory;

    private static DrillRunner runner;

    @BeforeAll
    static void startStack() throws InterruptedException {
        runner = DrillRunner.start(Project.ROOT, directory, 1700, drills());
    }

    @AfterAll
    static void stopStack() {
        runner.close();
    }

    static List<String> drills() {
        return DrillRunner.briefOfSources();
    }

    @ParameterizedTest
    @MethodSource("drills")
    void drill_losesNothingAndDoublesNothing(String name) throws Exception {
        Result result = runner.run(name);
        assumeThat(result.skipped()).as("%s", result.skipped()).isNull();
        DrillTest.assertGood(result);
    }
}
