package dev.doorstep.predictionservice.rollout;

import dev.doorstep.featurestore.AwsAccess;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.predictionservice.RolloutSettings;
import dev.doorstep.watching.verdict.Rules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.sns.SnsClient;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Rules and SNS as beans. */
@Configuration(proxyBeanMethods = false)
class RolloutSetup {
    /** The rules of the file, on top of the usual ones. */
    @Bean
    Rules rules(RolloutSettings settings) throws IOException {
        Path file = settings.rules();
        if (file == null) {
            return Rules.usual();
        }
        ObjectMapper yaml = YAMLMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
        try {
            ObjectNode rules = yaml.valueToTree(Rules.usual());
            rules.setAll((ObjectNode) yaml.readTree(Files.readString(file)));
            return yaml.treeToValue(rules, Rules.class);
        } catch (IOException | JacksonException | ClassCastException e) {
            throw new IOException("doorstep.rollout.rules can't be read: " + file + ": " + e.getMessage(), e);
        }
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnProperty("doorstep.rollout.topic-arn")
    SnsClient sns(RolloutSettings settings, StoreSettings store) {
        return AwsAccess.at(SnsClient.builder(), settings.snsEndpoint(), store.region()).httpClientBuilder(Apache5HttpClient.builder())
                .build();
    }
}
