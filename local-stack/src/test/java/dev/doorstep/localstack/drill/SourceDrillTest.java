package dev.doorstep.localstack.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.localparts.KinesisNode;
import dev.doorstep.localstack.Project;
import dev.doorstep.localstack.outlet.SendCommand;
import dev.doorstep.localstack.stack.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The brief drills of the sources, on a real OpenSearch node and a Kinesis emulator. */
@Timeout(240)
class SourceDrillTest {
    @TempDir
    static Path directory;

    private static DrillRunner runner;

    @BeforeAll
    static void startStack() throws InterruptedException {
        runner = DrillRunner.start(Project.prepared(), directory, 1700, drills());
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

    @ParameterizedTest
    @ValueSource(strings = {"http", "kafka", "kinesis"})
    void send_sampleSessions_areTaken(String to) throws Exception {
        assumeThat(KinesisNode.missing()).as("%s", KinesisNode.missing()).isNull();
        // Events of their own for each way, so that one can't stand in for another.
        Path file = directory.resolve(to + ".json");
        Files.writeString(file, Project.read("sample_sessions.json").replaceAll("\"_id\"\\s*:\\s*\"", "\"_id\":\"" + to + "-"));
        String servers = runner.stack().kafka().bootstrapServers();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            if (!admin.listTopics().names().get().contains("documents")) {
                admin.createTopics(List.of(new NewTopic("documents", 1, (short) 1))).all().get();
            }
            int code = new CommandLine(new SendCommand()).execute("--to", to, "--url", runner.stack().url(Service.INGEST),
                    "--bootstrap-servers",
                    servers, "--topic", "documents", "--region", KinesisNode.REGION, "--endpoint",
                    runner.stack().sources().kinesis().endpoint(),
                    file.toString());
            assertThat(code).isZero();
            if (to.equals("kafka")) {
                TopicPartition partition = new TopicPartition("documents", 0);
                assertThat(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset())
                        .isEqualTo(9);
            } else {
                await().atMost(Duration.ofSeconds(90)).until(() -> runner.census().isApplied(to + "-0b541211-6f65-4b6e-bb0c-ded5ad3e78c7"));
            }
        }
    }

    @Test
    void send_badArguments_areNamed() {
        assertThat(new CommandLine(new SendCommand()).execute("--to", "carrier-pigeon", "x.json")).isEqualTo(2);
        assertThat(new CommandLine(new SendCommand()).execute("--to", "http", "there-is-no.json")).isEqualTo(1);
    }
}
