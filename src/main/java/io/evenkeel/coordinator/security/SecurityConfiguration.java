package io.evenkeel.coordinator.security;

import static io.evenkeel.engine.permission.AccessRole.OPERATOR;
import static io.evenkeel.engine.permission.AccessRole.VIEWER;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import io.evenkeel.coordinator.access.Authenticator;
import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.access.Callers;
import io.evenkeel.coordinator.access.ClientCertificates;
import io.evenkeel.coordinator.access.MissingRight;
import io.evenkeel.coordinator.audit.AuditFilter;
import io.evenkeel.coordinator.audit.AuditLog;
import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.engine.permission.AccessRight;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.DispatcherType;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationDeniedException;
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

/**
 * Defines access to the paths of the API. Operators of all runs may use paths that are not listed, and viewers of all
 * runs may read them. Controllers check the runs in bodies and lists with {@link Caller.Person}.
 */
@Configuration(proxyBeanMethods = false)
public class SecurityConfiguration {

    /** Allows the styles and images that the OpenAPI page needs, and nothing from other origins. */
    public static final String CONTENT_POLICY =
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

    private static final String RUN = "/api/v1/runs/{run}";
    private static final String ROUND = RUN + "/rounds/{round}";
    private static final String EXPERIMENT = "/api/v1/experiments/{experiment}";
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

    /**
     * Disables Spring Security's observations, which cost more than checking the secret and duplicate
     * http.server.requests.
     */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    private static void rules(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules) {
        rules.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR).permitAll();
        // Rules are checked in order, so the most frequent requests come first: those of each device in each round.
        rules.requestMatchers(PUT, ROUND + "/messages/me", ROUND + "/declines/me")
                .access(DEVICE_OF_RUN);
        read(rules, DEVICE_OF_RUN, RUN + "/task", ROUND + "/update", ROUND + "/replica");
        rules.requestMatchers(ROUND + "/attempts/{attempt}/*/me").access(DEVICE_OF_RUN);
        read(rules, DEVICES, "/api/v1/work");
        read(rules, orDevice(DEVICE_OF_RUN, PermissionRule.run(VIEWER)), ROUND + "/model");
        // The console's files are public; it requests all data from the API.
        read(rules, SingleResultAuthorizationManager.permitAll(), "/", "/console/**", "/api/v1/sign-in");
        rules.requestMatchers("/actuator/health/**", "/openapi/**", "/openapi.json")
                .permitAll();
        rules.requestMatchers(POST, "/api/v1/enrolments").permitAll();
        rules.requestMatchers(RUN + "/members/me", RUN + "/members/me/**").access(DEVICE_OF_RUN);
        // The URL is the credential: it is signed and expires.
        read(rules, SingleResultAuthorizationManager.permitAll(), "/api/v1/models/{model}/versions/{version}/files/*");
        // The controller refuses a device that is restricted to another run.
        read(rules, orDevice(DEVICES, PermissionRule.all(VIEWER)), "/api/v1/models/{model}/versions/{version}");
        rules.requestMatchers(PUT, "/api/v1/evaluations/{evaluation}/results/me")
                .hasRole(Caller.Device.ROLE);
        rules.requestMatchers(POST, "/api/v1/clients/me/secret").hasRole(Caller.Device.ROLE);
        rules.requestMatchers(PUT, "/api/v1/clients/me/attributes").hasRole(Caller.Device.ROLE);
        rules.requestMatchers("/api/v1/rollouts/{rollout}/reports/me").hasRole(Caller.Device.ROLE);
        rulesOfPersons(rules);
    }

    private static void rulesOfPersons(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry rules) {
        // Exports contain all messages and hashed secrets of devices, so viewers may not read them.
        rules.requestMatchers(RUN + "/export").access(PermissionRule.run(OPERATOR));
        rules.requestMatchers("/api/v1/models/{model}/export", "/api/v1/export").access(PermissionRule.all(OPERATOR));
        // URLs of webhooks often contain a secret of their receiver.
        rules.requestMatchers("/api/v1/webhooks/**").access(PermissionRule.all(OPERATOR));
        read(rules, PermissionRule.run(VIEWER), RUN + "/**");
        rules.requestMatchers(RUN + "/**").access(PermissionRule.run(OPERATOR));
        read(rules, PermissionRule.experiment(VIEWER), EXPERIMENT + "/**");
        rules.requestMatchers(EXPERIMENT + "/**").access(PermissionRule.experiment(OPERATOR));
        read(
                rules,
                PermissionRule.limitedByController(VIEWER),
                "/api/v1/algorithms",
                "/api/v1/runs",
                "/api/v1/run-overview",
                "/api/v1/overview",
                "/api/v1/relays",
                "/api/v1/experiments",
                "/api/v1/audit-log",
                "/api/v1/caller");
        rules.requestMatchers(POST, "/api/v1/runs", "/api/v1/experiments")
                .access(PermissionRule.limitedByController(OPERATOR));
        read(rules, PermissionRule.all(VIEWER), "/**");
        rules.requestMatchers(
                        POST,
                        "/api/v1/rollouts/{rollout}/approve",
                        "/api/v1/models/{model}/aliases/{alias}/protection/release")
                .access(PermissionRule.right(AccessRight.APPROVE));
        rules.requestMatchers("/api/v1/access-tokens/**").access(PermissionRule.right(AccessRight.MINT));
        rules.anyRequest().access(PermissionRule.all(OPERATOR));
    }

    /** Returns a rule that applies one rule to devices and another to other callers. */
    private static AuthorizationManager<RequestAuthorizationContext> orDevice(
            AuthorizationManager<RequestAuthorizationContext> devices, PermissionRule others) {
        return (authentication, context) -> Callers.of(authentication.get())
                        .filter(Caller.Device.class::isInstance)
                        .isPresent()
                ? devices.authorize(authentication, context)
                : others.authorize(authentication, context);
    }

    /** Adds a rule for reading paths with GET and HEAD. */
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
        return (request, response, refused) -> problems.resolveException(request, response, null, forbidden(refused));
    }

    private static ProblemException forbidden(AccessDeniedException refused) {
        if (refused instanceof AuthorizationDeniedException denied
                && denied.getAuthorizationResult() instanceof MissingRight missing) {
            return missing.problem();
        }
        Caller caller = Callers.current().orElse(null);
        if (caller instanceof Caller.Device device && device.run() != null) {
            return device.outsideItsRun("this request is for another run or for operators");
        }
        return ProblemKind.FORBIDDEN.because(
                caller instanceof Caller.Device
                        ? "this request is for operators, but the credentials are a device's"
                        : "this request is for devices, but the credentials are "
                                + (caller instanceof Caller.Viewer ? "a viewer's" : "an operator's"),
                "use credentials with the required role; GET /openapi.json lists it");
    }
}
