package io.evenkeel.coordinator.audit;

import io.evenkeel.coordinator.access.Caller;
import io.evenkeel.coordinator.access.Callers;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.OrRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Logs operators' and viewers' requests that may change something, export, or download a model. Writes the
 * entry to the audit log before the request is executed, and adds the outcome afterwards, even if it is a
 * refusal. Does not log devices' requests, since their messages are stored.
 */
public class AuditFilter extends OncePerRequestFilter {

    private static final Logger LOG = LoggerFactory.getLogger(AuditFilter.class);
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    /** Exports and downloads, which take data out of the installation. */
    private static final RequestMatcher DOWNLOAD = new OrRequestMatcher(Stream.of(
                    "/api/v1/export",
                    "/api/v1/runs/{run}/export",
                    "/api/v1/runs/{run}/rounds/{round}/model",
                    "/api/v1/models/{model}/export",
                    "/api/v1/models/{model}/versions/{version}")
            .<RequestMatcher>map(PathPatternRequestMatcher.withDefaults()::matcher)
            .toList());

    private final AuditLog log;
    private final HandlerExceptionResolver problems;

    public AuditFilter(AuditLog log, HandlerExceptionResolver problems) {
        this.log = log;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<Caller> caller = Callers.current().filter(known -> !(known instanceof Caller.Device));
        if (caller.isEmpty() || (READING.contains(request.getMethod()) && !DOWNLOAD.matches(request))) {
            chain.doFilter(request, response);
            return;
        }
        AuditLog.Entry entry;
        try {
            entry = begin(caller.get(), request);
        } catch (RuntimeException unwritten) {
            problems.resolveException(request, response, null, unwritten);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            end(entry, response);
        }
    }

    private AuditLog.Entry begin(Caller caller, HttpServletRequest request) {
        return log.begin(
                caller.name(),
                caller.role().toLowerCase(Locale.ROOT),
                request.getRemoteAddr(),
                request.getMethod(),
                pathAndQuery(request));
    }

    private static String pathAndQuery(HttpServletRequest request) {
        String query = request.getQueryString();
        return query == null ? request.getRequestURI() : request.getRequestURI() + '?' + query;
    }

    private void end(AuditLog.Entry entry, HttpServletResponse response) {
        try {
            log.end(entry, response.getStatus(), response.getHeader(HttpHeaders.LOCATION));
        } catch (DataAccessException e) {
            LOG.warn("The outcome of audit entry {} could not be written: {}", entry.id(), response.getStatus(), e);
        }
    }
}
