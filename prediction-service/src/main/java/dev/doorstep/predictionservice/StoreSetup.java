package dev.doorstep.predictionservice;

import dev.doorstep.featurestore.FeatureReader;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.featurestore.StoreClient;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store as beans: a patient client for promises, a hasty one for features. */
@Configuration(proxyBeanMethods = false)
class StoreSetup {
    /** What is done while the store is away: at once what would otherwise be done after a time-out each. */
    @Bean
    CircuitBreakerRegistry circuitBreakers(MeterRegistry metrics) {
        CircuitBreakerRegistry breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom().slidingWindowSize(50)
                .minimumNumberOfCalls(10).failureRateThreshold(50).waitDurationInOpenState(Duration.ofSeconds(1))
                .permittedNumberOfCallsInHalfOpenState(5).build());
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(metrics);
        return breakers;
    }

    /** Whoever wants it says so: the patient one is the primary, which comes before a parameter's name. */
    @Bean(destroyMethod = "close")
    DynamoDbClient featureClient(PredictionSettings settings) {
        return StoreClient.hasty(settings.store().withCallTimeout(settings.prediction().lookupTimeout()));
    }

    @Bean
    FeatureReader featureReader(@Qualifier("featureClient") DynamoDbClient featureClient, PredictionSettings settings) {
        return new FeatureReader(featureClient, settings.store());
    }

    @Bean
    ModelStore modelStore(DynamoDbClient client, PredictionSettings settings) {
        // Leases are counted on the machine's clock, however fast the days go by in a simulation.
        return new ModelStore(client, settings.store(), Clock.systemUTC());
    }

    @Bean
    OutcomeStore outcomeStore(DynamoDbClient client, PredictionSettings settings) {
        return new OutcomeStore(client, settings.store());
    }

    @Bean
    PromiseStore promiseStore(DynamoDbClient client, PredictionSettings settings) {
        return new PromiseStore(client, settings.store());
    }
}
