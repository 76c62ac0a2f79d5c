package dev.doorstep.localstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SimulateCommandTest {
    private final JsonMapper json = JsonMapper.builder().build();

    @Test
    void result_isOneJsonObjectOfTheDocumentedFields() {
        assertThat(json.writeValueAsString(new SimulationResult("good", "active", "1.1.0", 25.8, 0)))
                .isEqualTo("{\"scenario\":\"good\",\"finalState\":\"active\",\"version\":\"1.1.0\",\"seconds\":25.8,\"failedRequests\":0}");
    }

    @Test
    void unknownScenario_isRefusedWithThoseThatThereAre() {
        StringWriter errors = new StringWriter();
        int code = new CommandLine(new SimulateCommand()).setErr(new PrintWriter(errors)).execute("rollout", "--scenario", "good,sunny");
        assertThat(code).isEqualTo(2);
        assertThat(errors.toString())
                .contains("no scenario sunny; there are good, slow, biased, drifted, crashing, no-traffic, store-outage");
    }

    @Test
    void rates_tellACandidateThatIsWorseFromOneThatIsNot() {
        List<JsonNode> lines = printed("rates", "--runs", "20").lines().map(json::readTree).toList();
        assertThat(lines).hasSize(18);
        for (JsonNode line : lines) {
            String candidate = line.path("candidate").asString();
            assertThat(line.path("runs").asInt()).isEqualTo(20);
            if (candidate.equals("equal")) {
                assertThat(line.path("takenBack").asDouble()).as(line.toString()).isLessThanOrEqualTo(0.05);
            } else if (candidate.equals("the same, three points later")) {
                assertThat(line.path("within1000Pairs").asDouble()).as(line.toString()).isGreaterThanOrEqualTo(0.9);
            }
        }
    }

    private static String printed(String... arguments) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            assertThat(new CommandLine(new SimulateCommand()).execute(arguments)).isZero();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
