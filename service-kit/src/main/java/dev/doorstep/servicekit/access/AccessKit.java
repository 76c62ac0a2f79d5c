package dev.doorstep.servicekit.access;

import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.featurestore.UsageStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.json.JsonMapper;

/** Access to the public port by keys, for every service that imports it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessSettings.class)
public class AccessKit {
    /**
     * What browsers may ask for.
     *
     * @param starts beginnings of paths
     */
    public record PublishablePaths(List<String> starts) {
        public PublishablePaths {
            starts = List.copyOf(starts);
        }
    }

    @Bean
    ApiKeys apiKeys(AccessSettings settings) {
        return new ApiKeys(settings);
    }

    @Bean
    Quotas quotas(ApiKeys keys, DynamoDbClient client, StoreSettings settings, Clock clock) {
        return new Quotas(keys, new UsageStore(client, settings), clock);
    }

    @Bean
    FilterRegistrationBean<ApiKeyFilter> accessByKey(ApiKeys keys, ObjectProvider<PublishablePaths> publishable, Clock clock,
            JsonMapper json,
            MeterRegistry metrics) {
        List<String> starts = publishable.stream().flatMap(paths -> paths.starts().stream()).toList();
        FilterRegistrationBean<ApiKeyFilter> registration = new FilterRegistrationBean<>(
                new ApiKeyFilter(keys, starts, clock, json, metrics));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 2);
        return registration;
    }

    /** Lets pages of the origins that publishable keys name read answers; around the keys' filter, so that a page can read why it is refused. */
    @Bean
    FilterRegistrationBean<CorsFilter> corsByKey(AccessSettings settings) {
        List<AccessSettings.Key> publishable = settings.keys().stream().filter(key -> key.audience() == AccessSettings.Audience.PUBLISHABLE)
                .toList();
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(publishable.stream().anyMatch(key -> key.origins().isEmpty())
                ? List.of(CorsConfiguration.ALL)
                : publishable.stream().flatMap(key -> key.origins().stream()).distinct().toList());
        cors.setAllowedMethods(List.of(HttpMethod.GET.name(), HttpMethod.POST.name()));
        cors.setAllowedHeaders(List.of(ApiKeys.HEADER, HttpHeaders.CONTENT_TYPE, HttpHeaders.ACCEPT_LANGUAGE));
        cors.setExposedHeaders(List.of(HttpHeaders.RETRY_AFTER));
        cors.setMaxAge(3600L);
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/v1/**", cors);
        FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(source));
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
        registration.setEnabled(!publishable.isEmpty());
        return registration;
    }
}
