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
 * Allows the response of a suspended request to be written once the filters behind this one have added their headers on the way back.
 * Only filters that measure come before it.
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
