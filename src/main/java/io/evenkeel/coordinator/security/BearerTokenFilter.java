package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.problem.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Puts the caller of a request with a bearer token into the security context; without the header, leaves it anonymous. */
class BearerTokenFilter extends OncePerRequestFilter {

    private static final String SCHEME = "Bearer ";

    private final Authenticator authenticator;
    private final HandlerExceptionResolver problems;
    // Where the second leg of an asynchronous request, such as a long poll, finds the caller again.
    private final RequestAttributeSecurityContextRepository contexts = new RequestAttributeSecurityContextRepository();

    BearerTokenFilter(Authenticator authenticator, HandlerExceptionResolver problems) {
        this.authenticator = authenticator;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null) {
            try {
                signIn(authenticator.authenticate(token(header)), request, response);
            } catch (RuntimeException refused) {
                problems.resolveException(request, response, null, refused);
                return;
            }
        }
        chain.doFilter(request, response);
    }

    private static String token(String header) {
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw Problem.UNAUTHENTICATED.because(
                    "the Authorization header is not of the Bearer scheme", "send 'Authorization: Bearer <token>'");
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
