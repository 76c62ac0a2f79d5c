package dev.doorstep.benchmarks.echo;

import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.servicekit.ServiceKit;
import dev.doorstep.servicekit.problem.BodyLimitFilter;
import jakarta.validation.Valid;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code prediction-http} is measured against: the same request through the same filters, validation and codec, and a constant answer
 * of the same size.
 */
@SpringBootApplication
@Import(ServiceKit.class)
public class EchoApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(EchoApplication.class, arguments);
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit(JsonMapper json) {
        return new FilterRegistrationBean<>(new BodyLimitFilter(1 << 20, json));
    }

    /** Answers the same to every prediction. */
    @RestController
    static class EchoController {
        private static final LocalDate DAY = LocalDate.of(2026, 12, 4);
        private static final Instant CUTOFF = Instant.parse("2026-11-24T20:00:00Z");
        private static final PredictionAnswer ANSWER = new PredictionAnswer("01a20c56-f357-7d19-83e1-5c4964e2a0a7", DAY, 0.9, 0.9226,
                new PredictionAnswer.Window(DAY, DAY, DAY, 0.9567), "America/Los_Angeles", CUTOFF, new PredictionAnswer.AfterCutoff(DAY),
                CUTOFF,
                Basis.CARRIER_TABLE, "standard", List.of("HOLIDAY_ON_THE_WAY"), new PredictionAnswer.Model("carrier-table", "1.0.0"),
                "x".repeat(256), null, null, null, null, null, null, null, null, null);

        @PostMapping("/v1/predictions")
        PredictionAnswer predict(@Valid @RequestBody PredictionRequest request) {
            return ANSWER;
        }
    }
}
