package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.platform.problem.FailureLog;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the responses of suspended requests on its own threads. In Tomcat's single queue, a response would
 * wait behind all newer requests while its request holds its buffers. This would fill the heap when thousands
 * of devices send at the same time. Thread-safe.
 */
@Component
class ResponseWriter implements Executor, DisposableBean {

    private static final Duration STANDSTILL = Duration.ofMillis(50);

    private final JsonMapper json;
    private final ObjectProvider<HandlerExceptionResolver> problems;
    private final FailureLog failures;
    private final AdaptiveThreadPool threads;

    /**
     * @param problems writes problem documents; not available yet while beans are created
     * @param most the maximum number of threads, the same as for requests, because a client that does not
     *     read blocks a thread, and because the thread also handles the client's next request if it has
     *     already arrived
     */
    ResponseWriter(
            JsonMapper json,
            @Qualifier("handlerExceptionResolver") ObjectProvider<HandlerExceptionResolver> problems,
            FailureLog failures,
            @Value("${server.tomcat.threads.max:200}") int most) {
        this.json = json;
        this.problems = problems;
        this.failures = failures;
        this.threads = new AdaptiveThreadPool("answer-", Runtime.getRuntime().availableProcessors(), most, STANDSTILL);
    }

    @Override
    public void execute(Runnable work) {
        threads.execute(work);
    }

    /** Writes a complete response, either the answer or the problem. */
    void writeWhole(
            HttpServletRequest request,
            HttpServletResponse response,
            PendingResponse<?> later,
            @Nullable Map<String, String> context)
            throws IOException {
        try {
            write(request, response, later.outcome().join());
        } catch (CompletionException e) {
            refuse(request, response, e.getCause() instanceof Exception cause ? cause : e, context);
        }
        WrittenBody.answered(request);
    }

    private void write(HttpServletRequest request, HttpServletResponse response, ResponseEntity<?> answer)
            throws IOException {
        response.setStatus(answer.getStatusCode().value());
        answer.getHeaders().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        Object body = answer.getBody();
        if (body != null) {
            boolean isBinary = body instanceof byte[];
            byte[] bytes = isBinary ? (byte[]) body : json.writeValueAsBytes(body);
            if (!isBinary) {
                response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            }
            response.setContentLength(bytes.length);
            response.getOutputStream().write(bytes);
            WrittenBody.note(request, body);
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
        // If writing the problem fails, for example for lack of memory, the status must not indicate success.
        response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.value());
        try {
            problems.getObject().resolveException(request, response, null, problem);
        } finally {
            MDC.clear();
        }
    }

    /** Writes and sends the first of two lines. For a refusal, writes nothing and returns false. */
    boolean writeFirst(HttpServletRequest request, HttpServletResponse response, PendingResponse<?> later)
            throws IOException {
        if (later.outcome().isCompletedExceptionally()) {
            return false;
        }
        ResponseEntity<?> answer = later.outcome().join();
        Object body = answer.getBody();
        if (body == null) {
            return false;
        }
        response.setStatus(answer.getStatusCode().value());
        response.setContentType(MediaType.APPLICATION_NDJSON_VALUE);
        // Makes nginx forward the first line immediately.
        response.setHeader("X-Accel-Buffering", "no");
        writeLine(response, body);
        response.flushBuffer();
        WrittenBody.note(request, body);
        WrittenBody.answered(request);
        return true;
    }

    /**
     * Writes the second line. For a refusal, writes nothing; the device then sends a separate request and
     * gets the problem.
     */
    void writeSecond(HttpServletResponse response, PendingResponse<?> later) throws IOException {
        if (later.outcome().isCompletedExceptionally()) {
            return;
        }
        ResponseEntity<?> answer = later.outcome().join();
        String pause = answer.getHeaders().getFirst(HttpHeaders.RETRY_AFTER);
        if (answer.getBody() != null) {
            writeLine(response, answer.getBody());
        } else if (pause != null) {
            writeLine(response, Map.of("retryAfter", Long.parseLong(pause)));
        }
    }

    private void writeLine(HttpServletResponse response, Object body) throws IOException {
        ServletOutputStream out = response.getOutputStream();
        out.write(json.writeValueAsBytes(body));
        out.write('\n');
    }

    /**
     * Logs a failure to write a response, and changes the response's status to 500 if it has not been sent
     * yet.
     */
    void fail(HttpServletResponse response, Throwable fault) {
        failures.warn("A response could not be written", fault);
        if (!response.isCommitted()) {
            response.reset();
            response.setStatus(HttpStatus.INTERNAL_SERVER_ERROR.value());
        }
    }

    @Override
    public void destroy() {
        threads.stop();
    }
}
