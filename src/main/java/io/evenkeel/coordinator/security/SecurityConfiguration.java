package io.evenkeel.coordinator.security;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import io.evenkeel.coordinator.problem.Problem;
import jakarta.servlet.DispatcherType;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Which paths are whose; what is not listed is the operator's. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    private static final String RUN = "/api/v1/runs/*";
    private static final String ROUND = RUN + "/rounds/*";

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            Authenticator authenticator,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems)
            throws Exception {
        return http.csrf(
                        AbstractHttpConfigurer
                                ::disable) // no cookies, so nothing a foreign page could make a browser send
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(
                        headers -> headers.contentSecurityPolicy(
                                policy -> policy.policyDirectives(
                                        // What the OpenAPI page needs, and nothing from elsewhere.
                                        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'")))
                .addFilterBefore(new BearerTokenFilter(authenticator, problems), AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(SecurityConfiguration::rules)
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(noCredentials(problems))
                        .accessDeniedHandler(notAllowed(problems)))
                .build();
    }

    /** None: they would cost a message more than its signature's check, and say what http.server.requests says. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules) {
        rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR).permitAll();
        rules.requestMatchers(
                        "/actuator/health/**", "/openapi/**", "/openapi.json", "/openapi.json/**", "/swagger-ui/**")
                .permitAll();
        rules.requestMatchers(POST, "/api/v1/enrolments").permitAll();
        rules.requestMatchers(GET, ROUND + "/model").hasAnyRole(Caller.Operator.ROLE, Caller.Device.ROLE);
        rules.requestMatchers(RUN + "/members/me", RUN + "/members/me/**").hasRole(Caller.Device.ROLE);
        rules.requestMatchers(GET, RUN + "/task", ROUND + "/update", ROUND + "/replica")
                .hasRole(Caller.Device.ROLE);
        rules.requestMatchers(PUT, ROUND + "/messages/me").hasRole(Caller.Device.ROLE);
        rules.anyRequest().hasRole(Caller.Operator.ROLE);
    }

    private static AuthenticationEntryPoint noCredentials(HandlerExceptionResolver problems) {
        return (request, response, refused) -> problems.resolveException(
                request,
                response,
                null,
                Problem.UNAUTHENTICATED.because(
                        "the request has no Authorization header", "send 'Authorization: Bearer <token>'"));
    }

    private static AccessDeniedHandler notAllowed(HandlerExceptionResolver problems) {
        return (request, response, refused) -> problems.resolveException(
                request,
                response,
                null,
                Problem.FORBIDDEN.because(
                        forbidden(request.isUserInRole(Caller.Device.ROLE)),
                        "use the credentials of the one this is meant for; GET /openapi.json says which"));
    }

    private static String forbidden(boolean device) {
        return device
                ? "this is the operator's to do, and the credentials are a device's"
                : "this is a device's to do for itself, and the credentials are the operator's";
    }
}
