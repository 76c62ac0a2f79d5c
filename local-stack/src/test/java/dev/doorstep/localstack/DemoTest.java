package dev.doorstep.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.doorstep.localparts.ChildProcess;
import dev.doorstep.localparts.KinesisNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The demo as its user runs it: a process of its own, the shipped jars, real parts. */
class DemoTest {
    private final JsonMapper json = new JsonMapper();

    @BeforeAll
    static void prepare() {
        Project.prepared();
    }

    @ParameterizedTest
    @CsvSource({"http, 2000", "elasticsearch, 2300", "kinesis, 2400"})
    @Timeout(180)
    void onceJson_fromEachSource_printsNineLinesAndNothingElse(String source, String offset, @TempDir Path directory) throws Exception {
        assumeThat(source.equals("kinesis") ? KinesisNode.missing() : null).as("%s", KinesisNode.missing()).isNull();
        Process demo = start(directory, "--once", "--json", "--port-offset", offset, "--source", source);
        String output = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(Files.readString(directory.resolve("progress"))).isZero();
        List<String> lines = output.lines().toList();
        assertThat(lines).hasSize(9);
        for (String line : lines) {
            JsonNode session = json.readTree(line);
            assertThat(session.propertyNames()).containsExactly("id", "sessionId", "features", "prediction");
            assertThat(session.path("features").path("day_of_year").asInt()).isEqualTo(322);
            assertThat(session.path("features").path("day_of_week").asInt()).isEqualTo(6);
            assertThat(session.path("features").path("hour_of_day").asInt()).isEqualTo(21);
            assertThat(session.path("prediction").path("deliveryDate").asString()).matches("\\d{4}-\\d\\d-\\d\\d");
            assertThat(session.path("prediction").path("token").asString()).isNotBlank();
        }
        assertThat(Files.readString(directory.resolve("progress"))).contains("prediction-service").contains("ready after");
    }

    @Test
    void killed_leavesNoChildBehind(@TempDir Path directory) throws Exception {
        // 1. The demo starts Kafka and the rest.
        Process demo = start(directory, "--port-offset", "2100", "--data", directory.resolve("data").toString());
        List<ProcessHandle> children = new ArrayList<>();
        while (children.size() < 3 && demo.isAlive()) {
            children = demo.descendants().filter(child -> child.info().command().orElse("").endsWith("java")).toList();
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(children).hasSizeGreaterThanOrEqualTo(3);
        // 2. It is killed without a chance to clean up.
        demo.destroyForcibly().waitFor();
        // 3. Everything that it started ends.
        for (ProcessHandle child : children) {
            child.onExit().get(40, TimeUnit.SECONDS);
            assertThat(child.isAlive()).isFalse();
        }
    }

    @Test
    void takenPort_isNamedWithTheWayOut(@TempDir Path directory) throws Exception {
        try (java.net.ServerSocket taken = new java.net.ServerSocket(10281)) {
            Process demo = start(directory, "--once", "--port-offset", "2200");
            assertThat(demo.waitFor()).isEqualTo(1);
            assertThat(Files.readString(directory.resolve("progress"))).contains(Integer.toString(taken.getLocalPort()))
                    .contains("ingest-service")
                    .contains("--port-offset");
        }
    }

    @Test
    void unknownSource_isRefused(@TempDir Path directory) throws Exception {
        Process demo = start(directory, "--once", "--source", "pigeon");
        assertThat(demo.waitFor()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("progress"))).contains("must be http, kinesis or elasticsearch: pigeon");
    }

    @Test
    void jsonWithoutOnce_isRefused(@TempDir Path directory) throws Exception {
        Process demo = start(directory, "--json");
        assertThat(demo.waitFor()).isEqualTo(2);
        assertThat(Files.readString(directory.resolve("progress"))).contains("--json goes with --once");
    }

    private static Process start(Path directory, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ChildProcess.java(), "-XX:TieredStopAtLevel=1", "-cp",
                System.getProperty("java.class.path"), Main.class.getName(), "demo", "--root", Project.ROOT.toString()));
        command.addAll(Stream.of(arguments).toList());
        return new ProcessBuilder(command).redirectError(directory.resolve("progress").toFile()).start();
    }
}
