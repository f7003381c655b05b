package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.access.Callers;
import io.evenkeel.coordinator.limits.MeasuredRequest;
import io.evenkeel.coordinator.limits.RateLimits;
import io.evenkeel.engine.problem.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Refuses requests from callers, and enrolments from addresses, that exceed their limits. */
class RateLimitFilter extends OncePerRequestFilter {

    private final RateLimits limits;
    private final HandlerExceptionResolver problems;

    RateLimitFilter(RateLimits limits, HandlerExceptionResolver problems) {
        this.limits = limits;
        this.problems = problems;
    }

    /** Exempts health checks: a refused one could make an orchestrator restart the coordinator. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return BearerTokenFilter.HEALTH.matches(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        RateLimits.Visit visit;
        try {
            visit = enter(request);
        } catch (ProblemException tooMuch) {
            problems.resolveException(request, response, null, tooMuch);
            return;
        }
        try {
            chain.doFilter(new MeasuredRequest(request, limits, callerName()), response);
        } finally {
            visit.close();
        }
        if (response.getStatus() == HttpStatus.FORBIDDEN.value() && BearerTokenFilter.ENROLMENT.matches(request)) {
            limits.failed(request.getRemoteAddr());
        }
    }

    private RateLimits.Visit enter(HttpServletRequest request) {
        String caller = callerName();
        if (caller != null) {
            return limits.request(caller);
        }
        if (BearerTokenFilter.ENROLMENT.matches(request)) {
            limits.enrolment(request.getRemoteAddr());
        }
        return limits.anonymous(request.getRemoteAddr());
    }

    private static @Nullable String callerName() {
        return Callers.current().map(Caller::name).orElse(null);
    }
}
