package dev.doorstep.predictionservice;

import dev.doorstep.servicekit.problem.BodyLimitFilter;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP side as beans. */
@Configuration(proxyBeanMethods = false)
class HttpSetup {
    /** A batch of 100 requests with 20 items each has some 100 KB. */
    private static final long BODY_LIMIT = 1 << 20;

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit(JsonMapper json) {
        return new FilterRegistrationBean<>(new BodyLimitFilter(BODY_LIMIT, json));
    }
}
