package io.evenkeel.coordinator.access;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;
import static org.springframework.security.authorization.AuthorizationManagers.anyOf;

import io.evenkeel.coordinator.platform.problem.ProblemKind;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.SingleResultAuthorizationManager;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.intercept.RequestAuthorizationContext;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.header.writers.CrossOriginResourcePolicyHeaderWriter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Defines which role may use which paths. Paths not listed are for operators, and viewers may only read them. */
@Configuration(proxyBeanMethods = false)
public class SecurityConfiguration {

    /** Allows what the OpenAPI page needs, and nothing from other origins. */
    public static final String CONTENT_POLICY =
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

    private static final String RUN = "/api/v1/runs/{run}";
    private static final String ROUND = RUN + "/rounds/{round}";
    private static final AuthorizationManager<RequestAuthorizationContext> READERS =
            AuthorityAuthorizationManager.hasAnyRole(Caller.Operator.ROLE, Caller.Viewer.ROLE);
    private static final AuthorizationManager<RequestAuthorizationContext> DEVICES =
            AuthorityAuthorizationManager.hasRole(Caller.Device.ROLE);
    private static final AuthorizationManager<RequestAuthorizationContext> DEVICE_OF_RUN =
            (authentication, context) -> new AuthorizationDecision(Callers.of(authentication.get())
                    .filter(caller -> caller instanceof Caller.Device device
                            && device.mayTakePartIn(context.getVariables().get("run")))
                    .isPresent());

    @Bean
    SecurityFilterChain securityFilterChain(
            HttpSecurity http,
            Authenticator authenticator,
            ClientCertificates certificates,
            RateLimits limits,
            AuditLog audit,
            @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems)
            throws Exception {
        return http.csrf(
                        AbstractHttpConfigurer
                                ::disable) // no cookies, so another site cannot make a browser send credentials
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .headers(headers -> headers.referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                        .crossOriginResourcePolicy(resources -> resources.policy(
                                CrossOriginResourcePolicyHeaderWriter.CrossOriginResourcePolicy.SAME_ORIGIN))
                        .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT_POLICY)))
                .addFilterBefore(
                        new BearerTokenFilter(authenticator, certificates, limits, problems),
                        AnonymousAuthenticationFilter.class)
                .addFilterAfter(new RateLimitFilter(limits, problems), BearerTokenFilter.class)
                .addFilterAfter(new AuditFilter(audit, problems), RateLimitFilter.class)
                .authorizeHttpRequests(SecurityConfiguration::rules)
                .exceptionHandling(refusals -> refusals.authenticationEntryPoint(noCredentials(problems))
                        .accessDeniedHandler(notAllowed(problems)))
                .build();
    }

    /** Disables Spring Security's observations: they cost more than checking the secret, and duplicate http.server.requests. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules) {
        rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR).permitAll();
        // Requests of each device in each round come first, since rules are checked in order.
        rules.requestMatchers(PUT, ROUND + "/messages/me", ROUND + "/declines/me")
                .access(DEVICE_OF_RUN);
        read(rules, DEVICE_OF_RUN, RUN + "/task", ROUND + "/update", ROUND + "/replica");
        rules.requestMatchers(ROUND + "/attempts/{attempt}/*/me").access(DEVICE_OF_RUN);
        read(rules, DEVICES, "/api/v1/work");
        read(rules, anyOf(READERS, DEVICE_OF_RUN), ROUND + "/model");
        // The console is text that everybody may read; what it shows it asks the API for.
        read(rules, SingleResultAuthorizationManager.permitAll(), "/", "/console/**", "/api/v1/sign-in");
        rules.requestMatchers(
                        "/actuator/health/**", "/openapi/**", "/openapi.json", "/openapi.json/**", "/swagger-ui/**")
                .permitAll();
        rules.requestMatchers(POST, "/api/v1/enrolments").permitAll();
        rules.requestMatchers(RUN + "/members/me", RUN + "/members/me/**").access(DEVICE_OF_RUN);
        // The address is the credential: it is signed and expires.
        read(rules, SingleResultAuthorizationManager.permitAll(), "/api/v1/models/{model}/versions/{version}/files/*");
        // The controller refuses a device that may use another run alone.
        read(rules, anyOf(READERS, DEVICES), "/api/v1/models/{model}/versions/{version}");
        rules.requestMatchers(PUT, "/api/v1/evaluations/{evaluation}/results/me")
                .hasRole(Caller.Device.ROLE);
        rules.requestMatchers(POST, "/api/v1/clients/me/secret").hasRole(Caller.Device.ROLE);
        rules.requestMatchers(PUT, "/api/v1/clients/me/attributes").hasRole(Caller.Device.ROLE);
        rules.requestMatchers(PUT, "/api/v1/rollouts/{rollout}/reports/me").hasRole(Caller.Device.ROLE);
        // Contains all messages and hashed secrets of devices, so viewers may not read it.
        rules.requestMatchers(RUN + "/export", "/api/v1/models/{model}/export", "/api/v1/export")
                .hasRole(Caller.Operator.ROLE);
        // Addresses of webhooks often contain a secret of their receiver.
        rules.requestMatchers("/api/v1/webhooks/**").hasRole(Caller.Operator.ROLE);
        rules.requestMatchers(GET).access(READERS);
        rules.requestMatchers(HEAD).access(READERS);
        rules.anyRequest().hasRole(Caller.Operator.ROLE);
    }

    /** Whoever may GET a path may also HEAD it. */
    private static void read(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules,
            AuthorizationManager<RequestAuthorizationContext> readers,
            String... paths) {
        rules.requestMatchers(GET, paths).access(readers);
        rules.requestMatchers(HEAD, paths).access(readers);
    }

    private static AuthenticationEntryPoint noCredentials(HandlerExceptionResolver problems) {
        return (request, response, refused) -> problems.resolveException(
                request,
                response,
                null,
                ProblemKind.UNAUTHENTICATED.because(
                        "the request has no Authorization header", "send 'Authorization: Bearer <token>'"));
    }

    private static AccessDeniedHandler notAllowed(HandlerExceptionResolver problems) {
        return (request, response, refused) -> problems.resolveException(
                request,
                response,
                null,
                ProblemKind.FORBIDDEN.because(
                        forbidden(request), "use credentials with the required role; GET /openapi.json lists it"));
    }

    private static String forbidden(HttpServletRequest request) {
        Optional<Caller> caller = Callers.current();
        if (caller.isPresent() && caller.get() instanceof Caller.Device device) {
            return device.run() == null
                    ? "this request is for operators, but the credentials are a device's"
                    : "the credentials belong to a device enrolled for run '" + device.run()
                            + "' only, but this request is for another run or for operators";
        }
        if (request.isUserInRole(Caller.Viewer.ROLE)) {
            return request.getMethod().equals("GET")
                    ? "this request is for operators or devices, but the credentials are a viewer's"
                    : "this request changes something, but the credentials are a viewer's";
        }
        return "this request is for devices, but the credentials are an operator's";
    }
}
