package dev.doorstep.servicekit;

import dev.doorstep.servicekit.health.KafkaHealth;
import dev.doorstep.servicekit.health.Preparation;
import dev.doorstep.servicekit.operator.OperatorAccess;
import dev.doorstep.servicekit.problem.ErrorsController;
import dev.doorstep.servicekit.problem.LoadSheddingFilter;
import dev.doorstep.servicekit.problem.ProblemHandler;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.info.BuildProperties;
import org.springframework.boot.kafka.autoconfigure.DefaultKafkaProducerFactoryCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.micrometer.metrics.autoconfigure.MeterRegistryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.kafka.core.KafkaAdmin;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** What every service imports: clock, problem details, operator access, Kafka's health and the version in its metrics. */
@Configuration(proxyBeanMethods = false)
@Import({ProblemHandler.class, ErrorsController.class, OperatorAccess.class, KafkaHealth.class})
public class ServiceKit {
    private static final int PRODUCER_CLOSE_SECONDS = 3;

    /**
     * The clock by which orders, promises and rollouts go.
     *
     * @param since {@code doorstep.simulation.since}: from when on the days of a simulation go by faster; default never
     * @param speed {@code doorstep.simulation.speed}: how many times as fast
     */
    @Bean
    Clock clock(@Value("${doorstep.simulation.since:}") @Nullable Instant since, @Value("${doorstep.simulation.speed:1}") double speed) {
        return since == null ? Clock.systemUTC() : new SimulatedClock(Clock.systemUTC(), since, speed);
    }

    @Bean
    Preparation topics(KafkaAdmin kafka) {
        // Otherwise each send while the broker is away first waits for a broker to tell this name, only to label an observation.
        kafka.setClusterId("kafka");
        return new Preparation("topics", kafka::initialize);
    }

    /** A broker that is away must not hold up the end of a process: whoever waits for an acknowledgement has been told by then. */
    @Bean
    DefaultKafkaProducerFactoryCustomizer producersCloseSoon() {
        return producers -> producers.setPhysicalCloseTimeout(PRODUCER_CLOSE_SECONDS);
    }

    /** Tells in every answer which release gave it. */
    @Bean
    FilterRegistrationBean<Filter> versionHeader(BuildProperties build) {
        String version = String.valueOf(build.getVersion());
        return new FilterRegistrationBean<>((request, response, chain) -> {
            ((HttpServletResponse) response).setHeader("Doorstep-Version", version);
            chain.doFilter(request, response);
        });
    }

    /**
     * Sheds load on the public port.
     *
     * @param most {@code doorstep.http.concurrent-requests}: requests under way at once, 1 or more; default 1,000
     */
    @Bean
    FilterRegistrationBean<LoadSheddingFilter> loadShedding(@Value("${doorstep.http.concurrent-requests:1000}") int most, JsonMapper json,
            MeterRegistry metrics) {
        FilterRegistrationBean<LoadSheddingFilter> registration = new FilterRegistrationBean<>(
                new LoadSheddingFilter(most, json, metrics));
        // Before anything is done for a request.
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** A misspelt field must not be taken for an absent one. */
    @Bean
    JsonMapperBuilderCustomizer strictRequests() {
        return json -> json.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY);
    }

    @Bean
    MeterRegistryCustomizer<MeterRegistry> commonTags(BuildProperties build) {
        return registry -> registry.config().commonTags("service", String.valueOf(build.getArtifact()), "version",
                String.valueOf(build.getVersion()));
    }
}
