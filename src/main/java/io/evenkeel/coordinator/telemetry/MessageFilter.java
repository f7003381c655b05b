package io.evenkeel.coordinator.telemetry;

import io.evenkeel.coordinator.event.RefusalCounts;
import io.evenkeel.coordinator.platform.http.WrittenBody;
import io.evenkeel.engine.message.AcceptanceReceipt;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Counts messages by outcome, and times the accepted ones. Runs before the security filters, so it also counts the
 * messages that they refuse. Ignores names without a run, so that invented names create no series.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 10)
class MessageFilter extends OncePerRequestFilter {

    private static final String RUNS = "/api/v1/runs/";
    private static final String MESSAGE = "/messages/me";
    private static final String URN = "urn:evenkeel:problem:";

    private final RunMetrics metrics;
    private final RefusalCounts refusals;

    MessageFilter(RunMetrics metrics, RefusalCounts refusals) {
        this.metrics = metrics;
        this.refusals = refusals;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals(HttpMethod.PUT.name())
                || !request.getRequestURI().startsWith(RUNS)
                || !request.getRequestURI().endsWith(MESSAGE);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        long begun = System.nanoTime();
        WrittenBody.whenAnswered(request, () -> answered(request, response.getStatus(), begun));
        try {
            chain.doFilter(request, response);
        } finally {
            if (!request.isAsyncStarted()) {
                WrittenBody.answered(request);
            }
        }
    }

    private void answered(HttpServletRequest request, int status, long begun) {
        Object answer = WrittenBody.of(request);
        // After a broken connection, the status is unchanged but there is no receipt.
        boolean lost = status < 300 && !(answer instanceof AcceptanceReceipt);
        MessageOutcome outcome = lost ? MessageOutcome.FAILED : MessageOutcome.of(status, slug(answer));
        String path = request.getRequestURI();
        String name = path.substring(RUNS.length(), path.indexOf('/', RUNS.length()));
        RunTraffic run = answer instanceof AcceptanceReceipt ? metrics.of(name) : metrics.known(name);
        if (run == null) {
            return;
        }
        run.answered(outcome);
        if (outcome.isRefusal()) {
            refusals.count(run.run(), outcome.text());
        }
        if (outcome == MessageOutcome.ACCEPTED && answer instanceof AcceptanceReceipt receipt) {
            run.accepted(System.nanoTime() - begun, receipt.includedIn() - receipt.round());
        }
    }

    private static String slug(@Nullable Object answer) {
        if (answer instanceof ProblemDetail problem && problem.getType() != null) {
            String type = problem.getType().toString();
            return type.startsWith(URN) ? type.substring(URN.length()) : "";
        }
        return "";
    }
}
