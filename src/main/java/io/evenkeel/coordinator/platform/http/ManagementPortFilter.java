package io.evenkeel.coordinator.platform.http;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * If a separate port is configured for metrics and health, serves them only on that port, and nothing else
 * there.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
class ManagementPortFilter extends OncePerRequestFilter {

    private static final String ROOT = "/actuator";

    private final ManagementPort port;
    private final HandlerExceptionResolver problems;

    ManagementPortFilter(
            ManagementPort port, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.port = port;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !port.isApart();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // The path that the application sees: decoded, without parameters.
        String path = request.getServletPath();
        boolean management = path.equals(ROOT) || path.startsWith(ROOT + "/");
        if (management == port.received(request)) {
            chain.doFilter(request, response);
        } else {
            problems.resolveException(request, response, null, notHere(management));
        }
    }

    private static ProblemException notHere(boolean management) {
        return management
                ? ProblemKind.NOT_FOUND.because(
                        "metrics and health are served on the management port only",
                        "use that port: evenkeel.management.port")
                : ProblemKind.NOT_FOUND.because(
                        "the management port serves metrics and health only",
                        "use the port for devices and operators: server.port");
    }
}
