package dev.doorstep.servicekit.operator;

import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.servicekit.problem.Problems;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.http.ProblemDetail;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtGrantedAuthoritiesConverter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who may use the management port: health, info and metrics are open to all who reach it; everything else needs a JWT whose claim
 * {@code roles} names {@code operator}, and leaves a line in the audit log. {@code auditor} may read what is decided and counted, and no
 * dead letters, which are customers' own documents. Without any
 * {@code spring.security.oauth2.resourceserver.jwt} setting it is closed to all.
 */
@Configuration(proxyBeanMethods = false)
public class OperatorAccess {
    private static final Logger log = LoggerFactory.getLogger(OperatorAccess.class);
    private static final String OPERATOR = "operator";
    private static final String AUDITOR = "auditor";
    private static final String CUSTOMERS_DOCUMENTS = "/v1/dead-letters";

    @Bean
    @Order(1)
    SecurityFilterChain managementChain(HttpSecurity http, ObjectProvider<JwtDecoder> decoder, JsonMapper json, Environment environment)
            throws Exception {
        // Whatever does not come in by the public port is the operators', so that no path is open by having been forgotten here.
        stateless(http).securityMatcher(new OrRequestMatcher(EndpointRequest.toAnyEndpoint(),
                request -> !Integer.valueOf(request.getLocalPort()).equals(environment.getProperty("local.server.port", Integer.class))));
        RequestMatcher open = EndpointRequest.to("health", "info", "prometheus");
        http.addFilterAfter(new AuditFilter(open), SecurityContextHolderFilter.class);
        boolean closed = decoder.getIfAvailable() == null;
        http.authorizeHttpRequests(requests -> {
            requests.requestMatchers(open).permitAll();
            if (closed) {
                requests.anyRequest().denyAll();
            } else {
                requests.requestMatchers(OperatorAccess::isReading).hasAnyRole(OPERATOR, AUDITOR);
                requests.anyRequest().hasRole(OPERATOR);
            }
        });
        if (closed) {
            log.info("operator endpoints are closed: no spring.security.oauth2.resourceserver.jwt setting");
        } else {
            http.oauth2ResourceServer(server -> server.jwt(jwt -> jwt.jwtAuthenticationConverter(roles()))
                    .authenticationEntryPoint((_, response, _) -> write(response, json, unauthenticated())));
        }
        http.exceptionHandling(handling -> handling.authenticationEntryPoint((_, response, _) -> write(response, json, unauthenticated()))
                .accessDeniedHandler((_, response, _) -> write(response, json,
                        Problems.of(ErrorCode.FORBIDDEN, null, "this needs a token whose claim roles names " + OPERATOR
                                + ", or for most of what can be read " + AUDITOR))));
        return http.build();
    }

    private static boolean isReading(HttpServletRequest request) {
        // Decoded: a path must not be another one by how it is written.
        String path = request.getServletPath();
        return request.getMethod().equals("GET") && path.startsWith("/v1/") && !path.startsWith(CUSTOMERS_DOCUMENTS);
    }

    @Bean
    @Order(2)
    SecurityFilterChain publicChain(HttpSecurity http) throws Exception {
        return stateless(http).authorizeHttpRequests(requests -> requests.anyRequest().permitAll()).build();
    }

    private static HttpSecurity stateless(HttpSecurity http) throws Exception {
        // No cookie and no session: there is nothing that a forged request could ride on.
        return http.csrf(AbstractHttpConfigurer::disable).requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable).httpBasic(AbstractHttpConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
    }

    private static JwtAuthenticationConverter roles() {
        JwtGrantedAuthoritiesConverter authorities = new JwtGrantedAuthoritiesConverter();
        authorities.setAuthoritiesClaimName("roles");
        authorities.setAuthorityPrefix("ROLE_");
        JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
        converter.setJwtGrantedAuthoritiesConverter(authorities);
        return converter;
    }

    private static ProblemDetail unauthenticated() {
        return Problems.of(ErrorCode.UNAUTHENTICATED, null, "this needs a valid bearer token of an operator");
    }

    private static void write(HttpServletResponse response, JsonMapper json, ProblemDetail problem) throws IOException {
        if (problem.getStatus() == HttpServletResponse.SC_UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        Problems.write(response, json, problem);
    }
}
