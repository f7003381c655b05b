package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets answers that requests wait for be written once all filters have done their part, as they add headers on the way back; only
 * those that measure are before it.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class PendingResponseFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        chain.doFilter(request, response);
        SuspendedRequest waiting = SuspendedRequest.in(request);
        if (waiting != null) {
            waiting.begin(request, response);
        }
    }
}
