package io.evenkeel.coordinator.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the answers that requests have waited for, when the container brings these back; behind the filters that measure, before all
 * others, which have done their part.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
class LaterFilter extends OncePerRequestFilter {

    private final JsonMapper json;
    private final HandlerExceptionResolver problems;

    LaterFilter(JsonMapper json, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
        this.json = json;
        this.problems = problems;
    }

    /**
     * A request that waits.
     *
     * @param later its answer
     * @param context what the log lines of its thread said of it
     */
    record Waiting(Later<?> later, @Nullable Map<String, String> context) {

        private static final String ATTRIBUTE = Waiting.class.getName();

        void noteIn(HttpServletRequest request) {
            request.setAttribute(ATTRIBUTE, this);
        }

        static @Nullable Waiting in(HttpServletRequest request) {
            return (Waiting) request.getAttribute(ATTRIBUTE);
        }
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Waiting waiting = Waiting.in(request);
        if (waiting == null) {
            // It has not been to its controller yet.
            chain.doFilter(request, response);
            return;
        }
        ResponseEntity<?> answer;
        try {
            answer = waiting.later().outcome().join();
        } catch (CompletionException e) {
            refuse(request, response, e.getCause() instanceof Exception cause ? cause : e, waiting.context());
            return;
        }
        write(request, response, answer);
    }

    private void write(HttpServletRequest request, HttpServletResponse response, ResponseEntity<?> answer)
            throws IOException {
        response.setStatus(answer.getStatusCode().value());
        answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        Object body = answer.getBody();
        if (body != null) {
            byte[] bytes = json.writeValueAsBytes(body);
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
            AnsweredBody.note(request, body);
        }
    }

    private void refuse(
            HttpServletRequest request,
            HttpServletResponse response,
            Exception problem,
            @Nullable Map<String, String> context) {
        if (context != null) {
            MDC.setContextMap(context);
        }
        // Nobody may take it for accepted, should there be no memory left to say why it was not.
        response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.value());
        try {
            problems.resolveException(request, response, null, problem);
        } finally {
            MDC.clear();
        }
    }
}
