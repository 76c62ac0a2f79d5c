package dev.doorstep.predictionservice;

import dev.doorstep.servicekit.access.AccessKit;
import dev.doorstep.servicekit.problem.BodyLimitFilter;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.i18n.AcceptHeaderLocaleResolver;
import tools.jackson.databind.json.JsonMapper;

/** The HTTP side as beans. */
@Configuration(proxyBeanMethods = false)
class HttpSetup {
    /** A batch of 100 requests with 20 items each has some 100 KB. */
    private static final long BODY_LIMIT = 1 << 20;

    /** Languages that reasons are written in; whoever names none of them reads English, wherever the service runs. */
    @Bean
    LocaleResolver localeResolver() {
        AcceptHeaderLocaleResolver resolver = new AcceptHeaderLocaleResolver();
        resolver.setSupportedLocales(List.of(Locale.ENGLISH, Locale.FRENCH, Locale.GERMAN, Locale.of("es")));
        resolver.setDefaultLocale(Locale.ENGLISH);
        return resolver;
    }

    @Bean
    AccessKit.PublishablePaths forBrowsers() {
        return new AccessKit.PublishablePaths(List.of("/v1/predictions"));
    }

    @Bean
    FilterRegistrationBean<BodyLimitFilter> bodyLimit(JsonMapper json) {
        return new FilterRegistrationBean<>(new BodyLimitFilter(BODY_LIMIT, json));
    }
}
