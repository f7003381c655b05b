package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.access.Authenticator;
import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.access.ClientCertificates;
import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Authenticates requests with a bearer token or a device's certificate; a request without either is anonymous. Counts
 * wrong tokens by address, and refuses an address with too many without querying the database.
 */
class BearerTokenFilter extends OncePerRequestFilter {

    /** The public health checks, for which credentials are neither read nor counted. */
    static final RequestMatcher HEALTH =
            PathPatternRequestMatcher.withDefaults().matcher("/actuator/health/**");

    /** The request with which a device enrols. */
    static final RequestMatcher ENROLMENT =
            PathPatternRequestMatcher.withDefaults().matcher(HttpMethod.POST, "/api/v1/enrolments");

    private static final String SCHEME = "Bearer ";

    private final Authenticator authenticator;
    private final ClientCertificates certificates;
    private final RateLimits limits;
    private final HandlerExceptionResolver problems;
    // Keeps the caller for the second dispatch of an asynchronous request, such as a long poll.
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    BearerTokenFilter(
            Authenticator authenticator,
            ClientCertificates certificates,
            RateLimits limits,
            HandlerExceptionResolver problems) {
        this.authenticator = authenticator;
        this.certificates = certificates;
        this.limits = limits;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return HEALTH.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            caller(request).ifPresent(caller -> signIn(caller, request, response));
        } catch (RuntimeException refused) {
            problems.resolveException(request, response, null, refused);
            return;
        }
        chain.doFilter(request, response);
    }

    private Optional<Caller> caller(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        String certificate = certificates.nameIn(request);
        if (header == null) {
            // Enrolment does not authenticate the certificate, so that a revoked device can enrol again with it.
            return certificate == null || ENROLMENT.matches(request)
                    ? Optional.empty()
                    : authenticator.certified(certificate);
        }
        String address = request.getRemoteAddr();
        try {
            Caller caller =
                    authenticator.authenticate(token(header), certificate, () -> limits.requireFewFailures(address));
            if (caller instanceof Caller.Device) {
                String unused = certificates.requiredIn(request);
            }
            return Optional.of(caller);
        } catch (ProblemException refused) {
            if (refused.problem() == ProblemKind.UNAUTHENTICATED) {
                limits.requireFewFailures(address);
                limits.failed(address);
            }
            throw refused;
        }
    }

    /** Returns the token in an Authorization header. */
    static String token(String header) {
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw ProblemKind.UNAUTHENTICATED.because(
                    "the Authorization header does not use the Bearer scheme", "send 'Authorization: Bearer <token>'");
        }
        return header.substring(SCHEME.length()).strip();
    }

    private void signIn(Caller caller, HttpServletRequest request, HttpServletResponse response) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(
                caller, null, List.of(new SimpleGrantedAuthority("ROLE_" + caller.role()))));
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
    }
}
