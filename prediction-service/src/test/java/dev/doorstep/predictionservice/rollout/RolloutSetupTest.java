package dev.doorstep.predictionservice.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.featurestore.AwsAccess;
import dev.doorstep.localparts.MotoNode;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.predictionservice.registry.Strategy;
import dev.doorstep.watching.verdict.Rules;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.databind.json.JsonMapper;

class RolloutSetupTest {
    @TempDir
    Path directory;

    @Test
    void rules_ofAFile_standOnTopOfTheUsualOnes() throws IOException {
        Path file = Files.writeString(directory.resolve("rules.yaml"), "horizonDays: 21\nslowFloor: PT0.005S\n");
        Rules rules = new RolloutSetup().rules(settings(file, null));
        assertThat(rules.horizonDays()).isEqualTo(21);
        assertThat(rules.slowFloor()).isEqualTo(Duration.ofMillis(5));
        assertThat(rules.alpha()).isEqualTo(Rules.usual().alpha());
        assertThat(new RolloutSetup().rules(settings(null, null))).isEqualTo(Rules.usual());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                                            alpha: 2       | alpha
                                            horizon: 3     | horizon
                                            alpha: much    | alpha
                                            - 1            | rules.yaml
                                            'alpha: [1'    | rules.yaml
                                            """)
    void rules_thatCantBeRead_nameFileAndRule(String text, String named) throws IOException {
        Path file = Files.writeString(directory.resolve("rules.yaml"), text);
        assertThatThrownBy(() -> new RolloutSetup().rules(settings(file, null)))
                .hasMessageContaining("doorstep.rollout.rules can't be read").hasMessageContaining(named);
    }

    @Test
    void linear_takesATenthMoreWithEachStep() {
        assertThat(Strategy.LINEAR.usualSteps()).extracting(step -> step.percent()).containsExactly(10, 20, 30, 40, 50, 60, 70, 80, 90);
        assertThat(Strategy.SHADOW.usualSteps()).isEmpty();
    }

    /** Over SNS's real protocol, against moto's server. */
    @Test
    void alert_isSentToTheTopic_andATopicThatIsNotThereIsCounted() {
        assumeThat(MotoNode.missing()).as("%s", MotoNode.missing()).isNull();
        SimpleMeterRegistry metrics = new SimpleMeterRegistry();
        try (MotoNode moto = MotoNode.start(directory);
                SnsClient sns = AwsAccess.at(SnsClient.builder(), URI.create(moto.endpoint()), "eu-central-1").build()) {
            String topic = sns.createTopic(request -> request.name("doorstep")).topicArn();
            new Alerts(settings(null, topic), List.of(sns), new JsonMapper(), metrics, Clock.systemUTC()).raise("rolled-back", "1.1.0",
                    "failed: errors", List.of());
            await().untilAsserted(() -> assertThat(delivered(metrics, "sent")).isEqualTo(1));
            new Alerts(settings(null, topic + "-not"), List.of(sns), new JsonMapper(), metrics, Clock.systemUTC()).raise("rolled-back",
                    "1.1.0", "failed: errors", List.of());
            await().untilAsserted(() -> assertThat(delivered(metrics, "failed")).isPositive());
        }
    }

    private static double delivered(SimpleMeterRegistry metrics, String result) {
        return metrics.counter("doorstep.rollout.alerts.delivered", "channel", "sns", "result", result).count();
    }

    private static RolloutSettings settings(@Nullable Path rules, @Nullable String topic) {
        return new RolloutSettings(null, null, Duration.ofMillis(500), Duration.ofSeconds(3), rules, null, topic, null, 1_000, true,
                List.of());
    }
}
